"""Joins a workshop, waits until people may write, adds a note to the first column of its board, and shows the answer.

python3 take_part_in_a_workshop.py K7MPQ4RT "No bus after six" our-note-17

The first word is the code that is shown in the room. The last is yours: run again with the same one, as after a lost
answer, it adds no second note.
"""

import hashlib
import json
import os
import sys
import time
import uuid
from urllib.error import HTTPError
from urllib.request import Request, urlopen

SITE = os.environ.get("GOLDENTHREAD_URL", "http://localhost:8000")
TOKEN = os.environ.get("GOLDENTHREAD_TOKEN", "")
WRITE = 1
EVERY_SECONDS = 3
PATIENCE_SECONDS = float(os.environ.get("PATIENCE_SECONDS", "600"))


def ask(method, path, body=None, device=""):
    """What the API answers. Ends the program with the sentence of a refusal."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    if device:
        headers["Board-Device"] = device
    content = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(SITE + path, content, headers, method=method)) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        sys.exit(f"{refusal.code}: {json.load(refusal)['detail']}")


def my_own(key, what):
    """A random-looking id (UUID version 4) that is always the same for this token and your word."""
    digest = hashlib.sha256(f"{TOKEN}:{key}:{what}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def take_in(things, frames):
    """Bring a picture of the board up to what the frames say; returns the seq and epoch that are held then."""
    held = None
    for frame in frames:
        if frame["t"] == "snapshot":
            things.clear()
            things.update({id: dict(thing) for id, thing in frame["things"].items()})
            held = frame["seq"], frame["epoch"]
        elif frame["t"] == "yours":
            put(things, frame["set"])
        elif frame["t"] == "ops":
            for op in frame["ops"]:
                put(things, op.get("set", {}))
                for id in op.get("gone", ()):
                    things.pop(id, None)
                held = op["seq"], frame["epoch"]
    return held


def put(things, changes):
    for id, changed in changes.items():
        thing = things.setdefault(id, {})
        thing.update(changed)
        for name in [name for name, value in changed.items() if value is None]:
            del thing[name]


def main(code, words, key):
    workshop = ask("POST", "/api/v1/join/", {"code": code})["workshop"]
    if workshop["you"]["state"] != "in":
        sys.exit("You are in the lobby: a facilitator lets you in. Run this again then.")
    board = f"/api/v1/workshops/{workshop['id']}/board/"
    # Where names are hidden this is what makes the note yours. Keep it: whoever has it can change your notes.
    device = my_own(key, "device").replace("-", "")

    things, deadline = {}, time.monotonic() + PATIENCE_SECONDS
    seq, epoch = take_in(things, ask("GET", f"{board}log/", device=device)["frames"])
    while things["board"]["stage"] < WRITE:
        if time.monotonic() > deadline:
            sys.exit("Nobody may write yet. Run this again later.")
        time.sleep(EVERY_SECONDS)
        answer = ask("GET", f"{board}log/?since={seq}&epoch={epoch}", device=device)
        seq, epoch = take_in(things, answer["frames"]) or (seq, epoch)

    columns = sorted((thing["order"], id) for id, thing in things.items() if thing["type"] == "column")
    op = {
        "op_id": my_own(key, "op"),
        "base_seq": seq,
        "kind": "note.add",
        "target": my_own(key, "note"),
        "props": {"column": columns[0][1], "text": words},
    }
    (answer,) = ask("POST", f"{board}ops/", {"ops": [op]}, device=device)["answers"]
    if answer["t"] == "rejected":
        sys.exit(answer["sentence"])
    print(f"{answer['t']}: entry {answer['seq']} of “{things['board']['title']}”")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
