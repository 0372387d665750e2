"""A process that writes on a board as fast as it may, and says which op was acknowledged as soon as it was.

Run by tests that need several processes, or one to kill: ``python writing_process.py BOARD SEED OPS PERSON…``. Ids of
ops follow from the seed, so that a second run sends the very same ops again.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[3]


def main(board: str, seed: str, ops: str, *people: str) -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "goldenthread.settings"
    import django

    django.setup()
    from django.db import connection

    from collaboration.boards import states
    from collaboration.boards.committing import Asked, writer
    from collaboration.boards.engine.ops import Op
    from collaboration.boards.engine.texts import BOARD

    board_id = UUID(board)
    with states.held(board_id) as held:
        column = held.state.row(BOARD)[0][1]
        head = held.state.head
    connection.close()

    def write(person: int) -> None:
        chance = random.Random(f"{seed}:{person}")
        for number in range(int(ops)):
            op_id, target = (str(UUID(int=chance.getrandbits(128), version=4)) for _ in range(2))
            op = Op(op_id, head, "note.add", target, {"column": column, "text": f"{person}:{number}"})
            while True:
                asked = Asked(board_id=board_id, participation_id=person, device="", ops=[(op_id, op)])
                answer = writer.submit(asked).result()[0]
                if answer["t"] == "ack":
                    os.write(1, f"{op_id} {answer['seq']}\n".encode())
                    break
                if answer["text"] != "kept":
                    raise SystemExit(f"refused: {answer}")
                time.sleep(0.01)
            time.sleep(chance.random() * 0.02)

    os.write(1, b"ready\n")
    threads = [threading.Thread(target=write, args=(int(person),)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
