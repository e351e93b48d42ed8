from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "mine_welfare.publication"
    label = "publication"
    verbose_name = "公開"

    def ready(self):
        from . import checks  # noqa: F401 - registers the system checks
