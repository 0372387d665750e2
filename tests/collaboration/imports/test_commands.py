"""``import-initiatives`` and ``export-initiatives``, as an operator uses them."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collaboration.imports import services
from collaboration.imports.models import Import
from collaboration.imports.services.in_one_go import Rejected, check_file, import_file
from collaboration.imports.services.uploading import read_file
from collaboration.initiatives.columns import COLUMNS
from collaboration.initiatives.models import Initiative
from groundwork.audit.models import AuditEntry
from tests.collaboration.imports.files import exported_csv, imported, sheet, titled, titles
from tests.collaboration.initiatives.world import World, draft, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list.csv"


class Ran:
    def __init__(self, *arguments: str) -> None:
        out, err = io.StringIO(), io.StringIO()
        self.status = 0
        try:
            call_command(*arguments, stdout=out, stderr=err)
        except SystemExit as exit:
            self.status = int(exit.code or 0)
        self.out, self.err = out.getvalue(), err.getvalue()

    @property
    def last(self) -> str:
        return self.out.splitlines()[-1]


def owner(world: World) -> str:
    person = world["owner:lead"].person
    assert person is not None
    return str(person.email)


def test_good_lines_are_imported_for_the_organisation_of_the_person_named(world: World, file: Path) -> None:
    file.write_bytes(titled("A", "B", stage="active").read())
    ran = Ran("import_initiatives", str(file), "--as", owner(world))
    assert (ran.status, ran.last, ran.err) == (0, "2 new, 0 changed, 0 unchanged, 0 rejected", "")
    assert set(Initiative.objects.values_list("owner__slug", "visibility")) == {("northwick-council", "draft")}
    again = Ran("import_initiatives", str(file), "--as", owner(world))
    assert (again.status, again.last) == (0, "0 new, 0 changed, 2 unchanged, 0 rejected")
    assert Import.objects.count() == 1
    assert set(AuditEntry.objects.filter(action="import.confirm").values_list("via", flat=True)) == {"command"}


def test_a_dry_run_says_the_same_and_writes_nothing(world: World, file: Path) -> None:
    file.write_bytes(sheet({"title": "A"}, {"title": "B", "stage": "later"}).read())
    for options in (("--dry-run",), ("--dry-run", "--as", owner(world))):
        ran = Ran("import_initiatives", str(file), *options)
        assert (ran.status, ran.last) == (1, "1 new, 0 changed, 0 unchanged, 1 rejected")
        assert "Line 3, stage: There is no stage “later”" in ran.err
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ran = Ran("import_initiatives", str(file), "--dry-run", "--skip-bad")
    assert (ran.status, ran.last) == (0, "1 new, 0 changed, 0 unchanged, 1 rejected")
    assert not [q["sql"] for q in queries if not q["sql"].lstrip().upper().startswith("SELECT")]
    assert not Initiative.objects.exists()
    assert not Import.objects.exists()


def test_bad_lines_stop_everything_unless_they_are_to_be_left_out(world: World, file: Path) -> None:
    file.write_bytes(sheet({"title": "A"}, {"title": "B", "areas": "Nowhere"}, {"title": "C", "end": "2019"}).read())
    ran = Ran("import_initiatives", str(file), "--as", owner(world))
    assert (ran.status, ran.last) == (1, "1 new, 0 changed, 0 unchanged, 2 rejected")
    told = ran.err.splitlines()
    assert [line.split(":")[0] for line in told] == [
        "Line 3, areas",
        "Line 4, end",
        "Nothing was imported. Put these lines right, or leave them out with --skip-bad.",
    ]
    assert not Initiative.objects.exists()
    ran = Ran("import_initiatives", str(file), "--as", owner(world), "--skip-bad")
    assert (ran.status, ran.last) == (0, "1 new, 0 changed, 0 unchanged, 2 rejected")
    assert titles() == ["A"]


def test_a_file_is_told_about_in_the_words_of_its_own_headings(world: World, file: Path) -> None:
    file.write_bytes(sheet(["A", "April 2019", "x"], headers=["Project name", "Start date", "Colour"]).read())
    ran = Ran("import_initiatives", str(file), "--dry-run")
    assert "Line 2, Start date: “April 2019” is a month, not a day." in ran.err
    assert "Left out, because no column is called so: Colour." in ran.out
    assert "Only told" not in ran.out


def test_what_an_export_only_tells_is_said_to_be_never_imported(world: World, file: Path) -> None:
    it = published(world)
    file.write_bytes(exported_csv(world["owner:lead"], columns=["ref", "title", "scale", "licence"]).read())
    ran = Ran("import_initiatives", str(file), "--as", owner(world), "--dry-run")
    assert "Only told by an export, never imported: scale, licence.\n" in ran.out
    assert "Left out" not in ran.out
    assert (ran.status, ran.last) == (0, "0 new, 0 changed, 1 unchanged, 0 rejected"), it.reference


def test_new_ones_can_be_published_at_once(world: World, file: Path) -> None:
    file.write_bytes(titled("A").read())
    Ran("import_initiatives", str(file), "--as", owner(world), "--publish", "public")
    assert Initiative.objects.get().visibility == "public"
    file.write_bytes(titled("B").read())
    member = world["owner:member"].person
    assert member is not None
    with pytest.raises(CommandError, match="Only a lead or an approver"):
        Ran("import_initiatives", str(file), "--as", str(member.email), "--publish", "public")
    assert titles() == ["A"]


def test_for_nobody_it_is_kept_by_officers_and_changes_only_what_nobody_owns(world: World, file: Path) -> None:
    it = published(world)
    file.write_bytes(titled("A").read())
    assert Ran("import_initiatives", str(file), "--publish", "public").status == 0
    made = Initiative.objects.get(title="A")
    assert (made.owner, made.visibility) == (None, "public")
    file.write_bytes(titled("A", stage="active").read())
    assert Ran("import_initiatives", str(file)).last == "0 new, 1 changed, 0 unchanged, 0 rejected"
    file.write_bytes(
        sheet({"ref": it.reference, "title": it.title, "stage": "ended"}, headers=["ref", "title", "stage"]).read()
    )
    ran = Ran("import_initiatives", str(file))
    assert (ran.status, ran.last) == (1, "0 new, 0 changed, 0 unchanged, 1 rejected")
    officer = world["other:officer"]
    services.undo(actor=officer, imported=Import.objects.order_by("created_at")[1])
    made.refresh_from_db()
    assert made.stage == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["/nowhere/at/all.csv"], "cannot be read: No such file"),
        (["{file}", "--as", "nobody@example.com"], "Nobody has an account"),
        (["{file}", "--sheet", "Other"], ""),
        (["{file}", "--dry-run"], "Call one of them “title”. The file has: Colour; Size."),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(world: World, file: Path, arguments: list[str], told: str) -> None:
    content = sheet(["red", "big"], headers=["Colour", "Size"]) if "Colour" in told else titled("A")
    file.write_bytes(content.read() if told else b"")
    with pytest.raises(CommandError) as refused:
        Ran("import_initiatives", *(each.format(file=file) for each in arguments))
    assert told in str(refused.value)
    assert not Initiative.objects.exists()


def test_somebody_without_a_mandate_and_scrutiny_import_nothing(world: World, file: Path) -> None:
    file.write_bytes(titled("A").read())
    for name in ("nobody", "owner:scrutiny"):
        person = world[name].person
        assert person is not None
        with pytest.raises(CommandError):
            Ran("import_initiatives", str(file), "--as", str(person.email))


def test_a_record_that_changed_between_the_two_looks_stops_everything(world: World) -> None:
    it = published(world)
    actor = world["owner:lead"]
    checked = check_file(
        actor=actor, read=read_file(sheet({"title": it.title, "stage": "ended"}, {"title": "B"}), name="x")
    )
    imported(actor, sheet({"title": it.title, "stage": "paused"}))
    imports = Import.objects.count()
    with pytest.raises(Rejected) as refused:
        import_file(actor=actor, checked=checked, name="x.csv")
    assert [line.number for line in refused.value.lines] == [2]
    assert (titles(), Import.objects.count()) == ([it.title], imports)


def test_as_many_questions_for_three_lines_as_for_three_hundred(world: World) -> None:
    it = published(world)
    actor = world["owner:lead"]

    def asked(lines: int) -> int:
        rows = [
            {
                "title": f"Work {n}",
                "lead": "Vale NHS",
                "strands": "V-A1.1",
                "blocks": "Governance",
                "areas": "C1",
                "money": n,
                "source": f"List, row {n}",
            }
            for n in range(lines - 1)
        ]
        read = read_file(sheet(*rows, {"title": it.title, "stage": "ended"}), name="list.csv")
        with CaptureQueriesContext(connection) as queries:
            found = check_file(actor=actor, read=read).summary
        assert (found.new, found.changed) == (lines - 1, 1)
        return len(queries)

    few = asked(3)
    assert few == asked(300)
    assert few <= 45


def test_what_was_exported_imports_as_no_change_in_every_format(world: World, tmp_path: Path) -> None:
    published(world)
    imported(
        world["owner:lead"], titled("=1+1", "A; B", '"Q"', lead="Vale NHS", partners="All councils"), publish="partners"
    )
    draft(world, title="Hidden")
    for ending, as_whom, rows in (("csv", None, 1), ("csv", owner(world), 4), ("xlsx", owner(world), 4)):
        target = tmp_path / f"out.{ending}"
        Ran("export_initiatives", str(target), *(("--as", as_whom) if as_whom else ()))
        for importer in (("--as", owner(world)), ()):
            ran = Ran("import_initiatives", str(target), *importer)
            assert ran.last == f"0 new, 0 changed, {rows} unchanged, 0 rejected", ran.err
    Ran("export_initiatives", str(tmp_path / "out.json"))
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [each["title"] for each in told["results"]] == ["Warm homes"]


def test_an_export_says_how_many_it_wrote_and_refuses_an_ending_it_cannot_keep(world: World, tmp_path: Path) -> None:
    published(world)
    target = tmp_path / "out.csv"
    assert Ran("export_initiatives", str(target)).last == f"1 initiative written to {target}"
    with pytest.raises(CommandError, match=r"ends with \.ods\. Call it \.csv"):
        Ran("export_initiatives", str(tmp_path / "out.ods"))
    assert not (tmp_path / "out.ods").exists()
    Ran("export_initiatives", str(tmp_path / "out.data"), "--format", "json")
    assert json.loads((tmp_path / "out.data").read_text("utf-8"))["results"]


def test_each_difference_is_said_in_words(world: World, file: Path) -> None:
    it = published(world)
    headers = ["ref", "stage", "money"]
    file.write_bytes(sheet([it.reference, "ended", "1200"], headers=headers).read())
    ran = Ran("import_initiatives", str(file), "--as", owner(world), "-v", "2")
    assert f"Line 2: {it.reference}: money: " in ran.out
    assert not set("[]'") & set(ran.out.replace("’", ""))
    assert "None" not in ran.out
    made = Import.objects.get()
    assert f"It can be undone for 30 days at {settings.BASE_URL}/import/{made.pk}/" in ran.out


def test_an_export_goes_to_the_screen_without_a_file(world: World, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    published(world)
    call_command("export_initiatives")
    written = list(csv.reader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert written[0] == [column.name for column in COLUMNS]
    assert written[1][1] == "Warm homes"


def test_a_place_that_cannot_be_written_to_is_told(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_initiatives", str(tmp_path / "no" / "such" / "folder.csv"))


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_leaves_nothing(transactional_db: None, file: Path) -> None:
    """A process of its own that is killed with SIGKILL while its transaction is open."""
    from tests.collaboration.initiatives.world import build

    world = build()
    file.write_bytes(titled(*(f"Work {n}" for n in range(400))).read())
    database = connection.settings_dict
    script = (
        "import os, django\n"
        "django.setup()\n"
        "from django.db import connection\n"
        f"connection.settings_dict['NAME'] = {database['NAME']!r}\n"
        "from collaboration.imports.services import confirming\n"
        "def stop(*a, **k):\n"
        "    print('halfway', flush=True)\n"
        "    import time; time.sleep(60)\n"
        "confirming.note_acts = stop\n"
        "from django.core.management import call_command\n"
        f"call_command('import_initiatives', {str(file)!r}, '--as', {owner(world)!r})\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "goldenthread.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        said = ""
        until = time.monotonic() + 60
        while "halfway" not in said and time.monotonic() < until and process.poll() is None:
            said = process.stdout.readline()
        assert "halfway" in said, process.communicate()[1]
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert not Initiative.objects.exists()
    assert not Import.objects.exists()
    assert Ran("import_initiatives", str(file), "--as", owner(world)).last.startswith("400 new,")
