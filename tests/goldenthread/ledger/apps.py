from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """A tiny app for the tests of the running product: one kind of row, acknowledged over HTTP, with one effect."""

    name = "tests.goldenthread.ledger"
    label = "ledger"
