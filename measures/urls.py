"""Staff addresses of the year; included under /staff/ in the namespace `staff`."""

from django.urls import path

from . import cycle_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("entries/", views.entries, name="entries"),
    path("entries/<int:pk>/", views.entry, name="entry"),
    path("entries/<int:pk>/unchanged/", views.entry_unchanged, name="entry-unchanged"),
    path("entries/<int:pk>/<slug:verb>/", views.entry_do, name="entry-do"),
    path("cycles/", cycle_views.cycles, name="cycles"),
    path("cycles/new/", cycle_views.cycle_new, name="cycle-new"),
    path("cycles/<int:year>/", cycle_views.cycle, name="cycle"),
    path("cycles/<int:year>/move/", cycle_views.cycle_move, name="cycle-move"),
    path("responsibilities/", cycle_views.responsibilities, name="responsibilities"),
    path("responsibilities/<int:pk>/assign/", cycle_views.assign, name="assign"),
    path("dashboard/", cycle_views.dashboard, name="dashboard"),
]
