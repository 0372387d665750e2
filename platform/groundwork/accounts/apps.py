from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "groundwork.accounts"
    label = "accounts"

    def ready(self) -> None:
        from groundwork.accounts import rules, tasks  # noqa: F401
