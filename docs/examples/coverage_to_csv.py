"""Writes a spreadsheet of how many public initiatives each ambition has in each area (or: with each building block).

python3 coverage_to_csv.py area > coverage.csv
"""

import csv
import json
import os
import sys
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

SITE = os.environ.get("GOLDENTHREAD_URL", "http://localhost:8000")


def main(columns):
    try:
        with urlopen(f"{SITE}/api/v1/coverage/?rows=ambition&columns={quote(columns)}") as answer:
            coverage = json.load(answer)
    except HTTPError as refusal:
        sys.exit(f"{refusal.code}: {json.load(refusal)['detail']}")
    write = csv.writer(sys.stdout).writerow
    write(["code", "ambition", *(column["title"] for column in coverage["columns"])])
    for row, numbers in zip(coverage["rows"], coverage["cells"], strict=True):
        write([row["code"], row["title"], *numbers])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "area")
