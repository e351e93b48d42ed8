from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = "調査・統計・座談会"

    def ready(self):
        from measures.queries import kinds

        from .kinds import KINDS

        kinds.add(*KINDS)
