"""Prints the reference and title of every public initiative. Filters are those in the address of the list's page:

python3 list_initiatives.py stage=active words=homes
"""

import json
import os
import sys
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

SITE = os.environ.get("GOLDENTHREAD_URL", "http://localhost:8000")


def initiatives(filters):
    """Every record that the filters leave, however many pages that takes."""
    address = f"{SITE}/api/v1/initiatives/?" + urlencode([("limit", 100), *filters])
    while address:
        with urlopen(address) as answer:
            page = json.load(answer)
        yield from page["results"]
        address = page["next"]


def main():
    try:
        for each in initiatives([argument.partition("=")[::2] for argument in sys.argv[1:]]):
            print(each["ref"], each["title"])
    except HTTPError as refusal:
        sys.exit(f"{refusal.code}: {json.load(refusal)['detail']}")


if __name__ == "__main__":
    main()
