from django.urls import path

from . import public

urlpatterns = [path("glossary/", public.glossary, name="glossary")]
