from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mine_welfare.accounts"
    label = "accounts"
    verbose_name = "アカウントと組織"
