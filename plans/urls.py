"""Staff addresses of the plan's text; included under /staff/ in the namespace `staff`."""

from django.urls import path

from . import views

urlpatterns = [path("errata/", views.errata, name="errata")]
