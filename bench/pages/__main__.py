"""``python -m bench.pages 10000``: fill the database that ``DATABASE_URL`` names. The bench runs this by itself."""

from __future__ import annotations

import os
import sys

import django


def main() -> None:
    """Settings first: models can only be imported after them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")
    django.setup()
    from bench.pages.filling import fill_database

    fill_database(int(sys.argv[1]))


if __name__ == "__main__":
    main()
