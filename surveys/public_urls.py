"""Permanent addresses of surveys, statistics and the residents' meetings."""

from django.urls import path

from . import public

urlpatterns = [
    path("surveys/", public.surveys, name="surveys"),
    path("surveys/<slug:slug>/", public.survey, name="survey"),
    path("surveys/<slug:slug>/tallies.csv", public.tallies_csv, name="survey-tallies"),
    path("surveys/<slug:slug>/<slug:code>.<str:form>", public.question_file, name="question-file"),
    path("statistics/", public.statistics, name="statistics"),
    path("statistics.csv", public.statistics_csv, name="statistics-csv"),
    path("statistics/<slug:code>.<str:form>", public.series_file, name="series-file"),
    path("meetings/", public.meetings, name="meetings"),
]
