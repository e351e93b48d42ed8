from django.apps import AppConfig


class ToolkitConfig(AppConfig):
    name = "mine_welfare.toolkit"
    label = "toolkit"
