"""Staff addresses of surveys and statistics; included under /staff/ in the namespace `staff`."""

from django.urls import path

from .views import feeds, statistics, surveys, tables, uploads

urlpatterns = [
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/new/", surveys.survey_new, name="survey-new"),
    path("surveys/uploads/<int:pk>/", uploads.upload, name="survey-upload"),
    path("surveys/<slug:slug>/", surveys.survey, name="survey"),
    path("surveys/<slug:slug>/edit/", surveys.survey_edit, name="survey-edit"),
    path("surveys/<slug:slug>/tables/", tables.tables, name="survey-tables"),
    path("surveys/<slug:slug>/tables.<str:form>", tables.tables_file, name="survey-tables-file"),
    path("surveys/<slug:slug>/texts/<slug:code>/", surveys.texts, name="survey-texts"),
    path("surveys/<slug:slug>/counts/keep/", surveys.counts_keep, name="survey-counts-keep"),
    path("surveys/<slug:slug>/answers/delete/", surveys.answers_delete, name="survey-answers-delete"),
    path("surveys/<slug:slug>/<slug:kind>/send/", uploads.survey_send, name="survey-send"),
    path("surveys/<slug:slug>/<slug:kind>.<str:form>", uploads.survey_sample, name="survey-sample"),
    path("indicators/", feeds.feeds, name="indicator-feeds"),
    path("indicators/<int:pk>/feed/", feeds.feed_set, name="indicator-feed"),
    path("indicators/<int:pk>/take/<int:year>/", feeds.feed_take, name="indicator-take"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/send/", uploads.statistics_send, name="statistics-send"),
    path("statistics/sample.<str:form>", uploads.statistics_sample, name="statistics-sample"),
    path("statistics/points/<int:pk>/delete/", statistics.point_delete, name="point-delete"),
    path("statistics/<slug:code>/", statistics.series, name="series"),
]
