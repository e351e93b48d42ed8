"""Staff addresses of the year; included under /staff/ in the namespace `staff`."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("entries/", views.entries, name="entries"),
    path("entries/<int:pk>/", views.entry, name="entry"),
    path("entries/<int:pk>/unchanged/", views.entry_unchanged, name="entry-unchanged"),
    path("entries/<int:pk>/<slug:verb>/", views.entry_do, name="entry-do"),
    path("cycles/", views.cycles, name="cycles"),
    path("cycles/new/", views.cycle_new, name="cycle-new"),
    path("cycles/<int:year>/", views.cycle, name="cycle"),
    path("cycles/<int:year>/move/", views.cycle_move, name="cycle-move"),
    path("responsibilities/", views.responsibilities, name="responsibilities"),
    path("responsibilities/<int:pk>/assign/", views.assign, name="assign"),
    path("dashboard/", views.dashboard, name="dashboard"),
]
