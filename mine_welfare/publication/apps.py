from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "mine_welfare.publication"
    label = "publication"
    verbose_name = "公開"
