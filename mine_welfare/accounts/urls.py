"""Staff addresses of people and organizations; included under /staff/ in the namespace `staff`."""

from django.urls import path

from . import views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/new/", views.person_new, name="person-new"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/retire/", views.person_retire, name="person-retire"),
    path("people/<int:pk>/restore/", views.person_restore, name="person-restore"),
    path("people/<int:pk>/reset/", views.person_reset, name="person-reset"),
    path("april/people/", views.transfer, name="transfer"),
    path("april/people/apply/", views.transfer_apply, name="transfer-apply"),
    path("april/people/list.csv", views.people_csv, name="people-csv"),
    path("organizations/", views.organizations, name="organizations"),
    path("organizations/new/", views.organization_new, name="organization-new"),
    path("organizations/<int:pk>/", views.organization, name="organization"),
    path("organizations/<int:pk>/retire/", views.organization_retire, name="organization-retire"),
]
