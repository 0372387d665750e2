from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "groundwork.accounts"
    label = "accounts"
