"""Staff addresses of the component; included under /staff/ in the namespace `staff`."""

from django.urls import path

from . import views

urlpatterns = [
    path("reoffense/", views.overview, name="reoffense"),
    path("reoffense/partners/new/", views.partner, name="partner-new"),
    path("reoffense/partners/<int:pk>/", views.partner, name="partner"),
    path("reoffense/partners/<int:pk>/remove/", views.partner_remove, name="partner-remove"),
    path("reoffense/events/new/", views.event, name="event-new"),
    path("reoffense/events/<int:pk>/", views.event, name="event"),
    path("reoffense/events/<int:pk>/remove/", views.event_remove, name="event-remove"),
]
