from django.apps import AppConfig


class ReoffenseConfig(AppConfig):
    name = "reoffense"
    verbose_name = "再犯防止"

    def ready(self):
        from measures.queries import kinds

        from .kinds import KINDS

        kinds.add(*KINDS)
