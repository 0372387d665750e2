"""The product's settings with the ledger app on top, for processes that the tests start."""

from goldenthread.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.goldenthread.ledger"]  # noqa: F405
ROOT_URLCONF = "tests.goldenthread.ledger.urls"
MIGRATION_MODULES = {"ledger": None}
