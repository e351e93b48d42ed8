from django.apps import AppConfig


class ReoffenseConfig(AppConfig):
    name = "reoffense"
    verbose_name = "再犯防止"
