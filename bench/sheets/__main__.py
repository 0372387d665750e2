"""``python -m bench.sheets 10000 FOLDER``: look through a made-up spreadsheet, in the database ``DATABASE_URL`` names.

It writes a file of that many new rows in the template's columns, looks through it as ``import-initiatives --dry-run``
does, and prints how long that took, what became of the rows, and how many queries files of some sizes took. The bench
runs this by itself.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import django

BATCH = 500
BATCHES = (1, 2, 3)


def main(lines: int, folder: Path) -> None:
    """Settings first: models can only be imported after them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")
    django.setup()
    found: dict[str, Any] = {"queries": {}}
    # The first run also reads what is kept for the whole process, and is not counted.
    for batches in (1, *BATCHES):
        path = write(folder / f"batches-{batches}.csv", batches * BATCH, seed=batches)
        found["queries"][str(batches * BATCH)] = look_through(path)[1]
    path = write(folder / "whole.csv", lines, seed=99)
    found["bytes"] = path.stat().st_size
    found["seconds"], found["queries"][str(lines)], found["last line"] = look_through(path)
    print(json.dumps(found))


def look_through(path: Path) -> tuple[float, int, str]:
    """Seconds, queries and the last line that the command says."""
    from django.core.management import CommandError, call_command
    from django.db import connection

    count = 0

    def counted(execute: Any, *given: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*given)

    said = io.StringIO()
    began = time.monotonic()
    with connection.execute_wrapper(counted):
        try:
            call_command("import_initiatives", str(path), dry_run=True, stdout=said)
        except (CommandError, SystemExit) as ended:
            raise SystemExit(f"{path.name} was refused: {ended}\n{said.getvalue()[-2000:]}") from ended
    return time.monotonic() - began, count, said.getvalue().strip().splitlines()[-1]


def write(path: Path, lines: int, *, seed: int) -> Path:
    """A spreadsheet of new work: titles that are not there yet, everything else from the place's catalogue."""
    from bench.pages.filling import ENDINGS, OPENINGS, THEMES, Zipf, words
    from collaboration.initiatives.columns import TEMPLATE
    from groundwork.directory.models import Area, Organisation
    from vision.frameworks.models import Element

    chance = random.Random(seed)
    vocabulary = Zipf(words(3000, chance), chance)
    strands = list(Element.objects.filter(framework__part="vision", depth=1).values_list("code", flat=True))
    blocks = list(Element.objects.filter(framework__part="building-blocks").values_list("code", flat=True))
    areas = list(Area.objects.exclude(kind="county").values_list("name", flat=True))
    bodies = list(Organisation.objects.filter(is_group=False).values_list("name", flat=True))
    bodies = [name for name in bodies if ";" not in name]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, TEMPLATE)
        writer.writeheader()
        for n in range(lines):
            lead, *others = chance.sample(bodies, chance.randint(1, 4))
            writer.writerow(
                {
                    "title": f"{chance.choice(OPENINGS)} {chance.choice(THEMES)} {chance.choice(ENDINGS)} {seed}-{n}",
                    "summary": " ".join(vocabulary.draw(chance.randint(20, 60))).capitalize() + ".",
                    "stage": chance.choice(["idea", "proposed", "active", "paused", "completed"]),
                    "lead": lead,
                    "partners": "; ".join(others),
                    "strands": "; ".join(chance.sample(strands, chance.randint(1, 3))),
                    "blocks": "; ".join(chance.sample(blocks, chance.randint(0, 2))),
                    "areas": "; ".join(chance.sample(areas, chance.randint(1, 2))),
                    "start": f"{chance.randint(2020, 2026)}-{chance.randint(1, 12):02}-01",
                    "end": f"2028-{chance.randint(1, 12):02}-28" if chance.random() < 0.4 else "",
                    "money": str(chance.randrange(1, 400) * 500) if chance.random() < 0.5 else "",
                    "contact": "Programme manager <office@example.org>",
                    "source": f"Our list, row {n + 2}",
                    "original_labels": "Housing; Health" if chance.random() < 0.2 else "",
                }
            )
    return path


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
