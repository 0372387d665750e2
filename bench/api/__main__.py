"""``python -m bench.api``: queries of the list for some sizes, in the database that ``DATABASE_URL`` names.

The bench runs this by itself: in one process with the product, where queries can be counted.
"""

from __future__ import annotations

import json
import os

import django

SIZES = (10, 25, 100)


def main() -> None:
    """Settings first: the client can only be imported after them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, counted = Client(headers={"host": "localhost"}), {}
    for size in SIZES:
        address = f"/api/v1/initiatives/?limit={size}"
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        if response.status_code != 200 or len(response.json()["results"]) != size:
            raise SystemExit(f"{address} answered {response.status_code}: {response.content[:300]!r}")
        counted[size] = len(asked)
    print(json.dumps(counted))


if __name__ == "__main__":
    main()
