"""Staff addresses of the plan's text; included under /staff/ in the namespace `staff`."""

from django.urls import path

from . import views

urlpatterns = [
    path("errata/", views.errata, name="errata"),
    path("plan/sections/<int:pk>/", views.section, name="section"),
    path("plan/sections/<int:pk>/new/", views.section_new, name="section-new"),
    path("plan/sections/<int:pk>/arrange/", views.section_arrange, name="section-arrange"),
    path("plan/policies/<int:pk>/", views.policy, name="policy"),
    path("plan/<slug:slug>/glossary/", views.terms, name="terms"),
    path("plan/<slug:slug>/glossary/new/", views.term_new, name="term-new"),
    path("plan/glossary/<int:pk>/", views.term, name="term"),
    path("plan/glossary/<int:pk>/remove/", views.term_remove, name="term-remove"),
]
