"""Staff addresses of the year; included under /staff/ in the namespace `staff`."""

from django.urls import path

from .views import cycles, dashboard, entries, entry, home, responsibilities

urlpatterns = [
    path("", home.home, name="home"),
    path("entries/", entries.entries, name="entries"),
    path("entries/<int:pk>/", entry.entry, name="entry"),
    path("entries/<int:pk>/unchanged/", entry.entry_unchanged, name="entry-unchanged"),
    path("entries/<int:pk>/<slug:verb>/", entry.entry_do, name="entry-do"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/new/", cycles.cycle_new, name="cycle-new"),
    path("cycles/<int:year>/", cycles.cycle, name="cycle"),
    path("cycles/<int:year>/move/", cycles.cycle_move, name="cycle-move"),
    path("responsibilities/", responsibilities.responsibilities, name="responsibilities"),
    path("responsibilities/<int:pk>/assign/", responsibilities.assign, name="assign"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
]
