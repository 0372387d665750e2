"""Registers an initiative, corrects it, publishes it, and prints its reference.

python3 register_and_publish.py our-row-17 "Warm rooms in village halls"

The first word is yours. With the same word and title the same record is answered again, never a second one, so that
this may be run once more when an answer was lost on its way.
"""

import json
import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SITE = os.environ.get("GOLDENTHREAD_URL", "http://localhost:8000")
TOKEN = os.environ.get("GOLDENTHREAD_TOKEN", "")


def ask(method, path, body=None, **headers):
    """The record that the API answers with, and its ETag. Ends the program with the sentence of a refusal."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers |= {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(SITE + path, content, headers, method=method)) as answer:
            return json.load(answer), answer.headers["ETag"]
    except HTTPError as refusal:
        problem = json.load(refusal)
        fields = [f"{field}: {' '.join(said)}" for field, said in problem.get("errors", {}).items()]
        sys.exit("\n".join([f"{refusal.code}: {problem['detail']}", *fields]))


def first_code(path):
    """The code of the first one of a list, so that this works wherever it is run. You know the codes you want."""
    with urlopen(f"{SITE}/api/v1/{path}") as answer:
        return json.load(answer)["results"][0]["code"]


def main(key, title):
    strand, area = first_code("elements/?kind=strand&limit=1"), first_code("areas/?limit=1")
    record, version = ask(
        "POST",
        "/api/v1/initiatives/",
        {
            "title": title,
            "summary": "Halls open on cold days, with advice on heating and benefits.",
            "stage": "proposed",
            "main_strands": [{"code": strand, "contribution": "Nobody has to stay in a cold home."}],
            "areas": [area],
            "start": "2027-01-11",
            "contact": "Community manager",
        },
        Idempotency_Key=key,
    )
    path = f"/api/v1/initiatives/{record['ref']}/"

    # Read it again before changing it: after a repeated registration it may be further on than the first answer says.
    record, version = ask("GET", path)
    if record["stage"] == "proposed":
        # If somebody else changed it since it was read, this is refused with 412 and nothing is lost.
        record, version = ask("PATCH", path, {"stage": "active", "lead": record["owner"]}, If_Match=version)
    if record["visibility"] == "draft":
        record, version = ask("POST", f"{path}publish/", {"visibility": "public"}, If_Match=version)
    print(record["ref"], record["visibility"])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
