"""From a file to records: what is checked, what is imported, and what is told about lines that cannot be."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from openpyxl import Workbook

from collaboration.imports import matching, queries, services
from collaboration.imports.models import Import, ImportedLine, KeptFile
from collaboration.imports.services.uploading import read_file
from collaboration.initiatives.models import Initiative, Partner
from collaboration.initiatives.services import registering
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.directory.models import Place
from tests.collaboration.imports.files import (
    checked,
    exported_csv,
    imported,
    problems,
    sheet,
    titled,
    titles,
    uploaded,
    verdicts,
)
from tests.collaboration.initiatives.world import World, draft, events_of, published

pytestmark = pytest.mark.django_db

FULL = {
    "title": "Warm homes",
    "summary": "Insulation for cold homes.\nStreet by street.",
    "stage": "Active",
    "lead": "Southwick Council",
    "partners": "Vale NHS (funder); All councils",
    "strands": "V-A1.1; Ready for school; V-A3",
    "blocks": "Governance; B-3",
    "areas": "Northwick; C2",
    "start": "3/4/2026",
    "end": "31 March 2028",
    "money": "£12,000",
    "contact": "Housing team <homes@example.org>",
    "source": "Our own list, row 12",
    "original_labels": "Heath; Housing",
}


def test_a_line_says_everything_the_template_has(world: World) -> None:
    done = imported(world["owner:lead"], sheet(FULL))
    it = Initiative.objects.get()
    assert (done.status, done.counts) == ("imported", {"new": 1, "changed": 0, "unchanged": 0, "rejected": 0})
    assert (it.title, it.summary, it.stage) == ("Warm homes", "Insulation for cold homes.\nStreet by street.", "active")
    assert (it.owner, it.lead) == (world.bodies["owner"], world.bodies["lead"])
    assert (it.starts_on, it.ends_on) == (date(2026, 4, 3), date(2028, 3, 31))
    assert (it.contact_role, it.contact_email) == ("Housing team", "homes@example.org")
    assert {(p.organisation.slug, p.role) for p in it.partners.all()} == {
        ("southwick-council", "lead"),
        ("vale-nhs", "funder"),
        ("all-councils", ""),
    }
    assert {(a.element.code, a.is_main) for a in it.alignments.all()} == {
        ("V-A1.1", True),
        ("V-A2.1", True),
        ("V-A3", False),
        ("B-1", False),
        ("B-3", False),
    }
    assert {area.code for area in it.areas.all()} == {"C1", "C2"}
    assert [line.amount for line in it.funding.all()] == [Decimal("12000.00")]
    assert (it.visibility, it.created_by) == ("draft", world["owner:lead"].person)
    assert it.reference == "VAL-0001"


def test_only_a_title_is_enough_and_the_rest_is_not_stated(world: World) -> None:
    imported(world["owner:member"], titled("Warm homes"))
    it = Initiative.objects.get()
    assert (it.title, it.stage, it.lead, it.starts_on) == ("Warm homes", "", None, None)


def test_each_bad_cell_is_told_with_its_line_its_column_and_the_nearest_name(world: World) -> None:
    bad = checked(
        world["owner:lead"],
        sheet(
            {"title": "Fine"},
            {"title": "", "summary": "No title"},
            {"title": "Odd", "stage": "actve", "lead": "Northwik Council", "start": "April 2019", "money": "lots"},
            {"title": "Lost", "areas": "Atlantis", "strands": "Ready for schol", "end": "2019"},
            {"title": "Backwards", "start": "2026-04-02", "end": "2026-04-01"},
            {"title": "x" * 201},
        ),
    )
    assert verdicts(bad) == ["new", *["rejected"] * 5]
    told = {(number, column): sentence for number, column, sentence in problems(bad)}
    assert set(told) == {
        (3, "title"),
        (4, "stage"),
        (4, "lead"),
        (4, "start"),
        (4, "money"),
        (5, "strands"),
        (5, "areas"),
        (5, "end"),
        (6, "end"),
        (7, "title"),
    }
    assert "“active”" in told[4, "stage"]
    assert "“Northwick Council”" in told[4, "lead"]
    assert "“Ready for school”" in told[5, "strands"]
    assert "Atlantis" in told[5, "areas"]
    assert bad.counts == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 5}


def test_nothing_is_imported_while_lines_are_bad_and_nobody_said_to_leave_them_out(world: World) -> None:
    bad = checked(world["owner:lead"], sheet({"title": "Fine"}, {"title": "Odd", "stage": "later"}))
    with pytest.raises(Invalid) as refused:
        services.confirm(actor=world["owner:lead"], imported=bad)
    assert list(refused.value.errors) == ["skip_bad"]
    assert not Initiative.objects.exists()
    services.confirm(actor=world["owner:lead"], imported=bad, skip_bad=True)
    assert titles() == ["Fine"]


def test_a_title_twice_is_rejected_naming_the_first_line(world: World) -> None:
    twice = checked(world["owner:lead"], titled("Warm homes", "Cool parks", "warm  HOMES"))
    assert problems(twice) == [
        (4, "title", "Line 2 has the same title. Keep one of the two, or give them different titles.")
    ]


def test_two_lines_about_one_record_are_one_too_many(world: World) -> None:
    it = published(world)
    twice = checked(
        world["owner:lead"],
        sheet(
            {"ref": it.reference, "title": "A"}, {"ref": it.reference.lower(), "title": "B"}, headers=["ref", "title"]
        ),
    )
    assert problems(twice) == [(3, "", f"Line 2 is about the same initiative ({it.reference}). Keep one of the two.")]


def test_an_empty_cell_leaves_what_is_there_and_a_filled_one_changes_it(world: World) -> None:
    it = published(world)
    done = imported(world["owner:lead"], sheet({"title": it.title, "stage": "completed"}))
    it.refresh_from_db()
    assert (it.stage, it.summary, it.contact_email) == ("completed", "Insulation for cold homes.", "homes@example.org")
    assert done.counts["changed"] == 1
    line = ImportedLine.objects.get(imported=done)
    assert line.changes == {"stage": ["Active", "Completed"]}
    assert (line.version_before, line.version_after) == (it.version - 1, it.version)


def test_by_reference_a_title_changes_too_and_an_unknown_one_is_told(world: World) -> None:
    it = published(world)
    headers = ["ref", "title"]
    imported(world["owner:lead"], sheet({"ref": it.reference, "title": "Warmer homes"}, headers=headers))
    it.refresh_from_db()
    assert it.title == "Warmer homes"
    lost = checked(world["owner:lead"], sheet({"ref": "VAL-9999", "title": "X"}, headers=headers))
    assert problems(lost)[0][:2] == (2, "ref")
    hidden = draft(world, title="Hidden")
    theirs = checked(world["partner:lead"], sheet({"ref": hidden.reference, "title": "X"}, headers=headers))
    assert problems(theirs)[0][2] == problems(lost)[0][2].replace("VAL-9999", hidden.reference)


def test_who_may_not_change_a_record_may_bring_a_line_that_says_what_it_says(world: World) -> None:
    it = published(world)
    file = exported_csv(world["public"])
    assert verdicts(checked(world["partner:member"], file)) == ["unchanged"]
    other = checked(
        world["partner:member"],
        sheet({"ref": it.reference, "title": it.title, "stage": "ended"}, headers=["ref", "title", "stage"]),
    )
    assert verdicts(other) == ["rejected"]
    assert "Only people of the organisation that owns or leads" in problems(other)[0][2]


def test_the_same_title_of_another_organisation_is_new_unless_it_is_the_same_work(world: World) -> None:
    it = published(world)
    new = checked(world["partner:lead"], sheet({"title": it.title, "summary": "Ours"}))
    assert verdicts(new) == ["new"]
    for lead in ("Southwick Council", "southwick-council", "Northwick Council"):
        same = checked(world["partner:lead"], sheet({"title": it.title, "summary": "Ours", "lead": lead}))
        assert verdicts(same) == ["rejected"]
        assert it.reference in problems(same)[0][2]
    assert verdicts(checked(world["partner:lead"], sheet({"title": it.title, "stage": "active"}))) == ["unchanged"]


def test_several_records_of_one_title_are_not_guessed_between(world: World) -> None:
    for minute, stage in enumerate(("idea", "active")):
        it = draft(world, title="Twins", at=now() - timedelta(minutes=minute + 1))
        Initiative.objects.filter(pk=it.pk).update(stage=stage)
    unclear = checked(world["owner:lead"], sheet({"title": "Twins", "stage": "ended"}))
    assert "several initiatives with this title: VAL-0001, VAL-0002" in problems(unclear)[0][2]
    assert verdicts(checked(world["owner:lead"], titled("Twins", stage="active"))) == ["unchanged"]


def test_new_records_are_drafts_unless_somebody_who_may_publishes_them(world: World) -> None:
    with pytest.raises(NotAllowed):
        imported(world["owner:member"], titled("A"), publish="public")
    done = imported(world["owner:lead"], titled("B", "C", lead="Vale NHS"), publish="partners")
    assert set(Initiative.objects.values_list("visibility", flat=True)) == {"partners"}
    assert done.publish == "partners"
    assert set(Partner.objects.values_list("confirmation", flat=True)) == {"asked"}
    assert not events_of("partner.asked")
    assert len(events_of("import.finished")) == 1


def test_the_same_file_again_changes_nothing(world: World) -> None:
    imported(world["owner:lead"], sheet(FULL, {"title": "Other"}))
    again = checked(world["owner:lead"], sheet(FULL, {"title": "Other"}))
    assert verdicts(again) == ["unchanged", "unchanged"]
    with pytest.raises(Conflict, match="nothing to import"):
        services.confirm(actor=world["owner:lead"], imported=again)


def test_a_file_checked_by_two_people_is_imported_once(world: World) -> None:
    mine = checked(world["owner:lead"], titled("A", "B"))
    theirs = checked(world["owner:member"], titled("A", "B", "C"))
    services.confirm(actor=world["owner:lead"], imported=mine)
    second = services.confirm(actor=world["owner:member"], imported=theirs)
    assert titles() == ["A", "B", "C"]
    assert second.counts == {"new": 1, "changed": 0, "unchanged": 2, "rejected": 0}


def test_what_was_registered_otherwise_since_the_check_is_rejected_with_why(world: World) -> None:
    mine = checked(world["owner:lead"], sheet({"title": "A", "stage": "idea"}, {"title": "B"}))
    imported(world["owner:member"], sheet({"title": "A", "stage": "active"}))
    done = services.confirm(actor=world["owner:lead"], imported=mine)
    assert done.counts == {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1}
    assert problems(done) == [
        (2, "title", "VAL-0001 was registered with this title after the check. Upload the file again to compare.")
    ]
    assert Initiative.objects.get(title="A").stage == "active"


def test_a_record_changed_since_the_check_is_looked_at_again(world: World) -> None:
    it = published(world)
    same_cell = checked(world["owner:lead"], sheet({"title": it.title, "stage": "completed"}))
    other_cell = checked(world["owner:lead"], sheet({"title": it.title, "contact": "Energy team"}))
    gone = checked(world["owner:lead"], sheet({"title": it.title, "money": "5"}))
    actor = world["owner:member"]
    it = registering.save_about(
        actor=actor, initiative=it, version=it.version, title=it.title, summary=it.summary, stage="paused"
    )
    assert services.confirm(actor=world["owner:lead"], imported=same_cell).counts["rejected"] == 1
    assert "Somebody changed this after the check" in problems(same_cell)[0][2]
    it.refresh_from_db()
    assert it.stage == "paused"
    assert services.confirm(actor=world["owner:lead"], imported=other_cell).counts["changed"] == 1
    it.refresh_from_db()
    assert (it.contact_role, it.stage) == ("Energy team", "paused")
    from collaboration.initiatives.services import lifecycle

    lifecycle.withdraw(actor=world["owner:lead"], initiative=it, reason="Over")
    done = services.confirm(actor=world["owner:lead"], imported=gone)
    assert done.counts["rejected"] == 1
    assert "withdrawn" in problems(done)[0][2]


def test_confirmed_twice_is_once(world: World) -> None:
    it = checked(world["owner:lead"], titled("A"))
    services.confirm(actor=world["owner:lead"], imported=it)
    services.confirm(actor=world["owner:lead"], imported=it)
    assert titles() == ["A"]
    assert len(events_of("import.finished")) == 1
    assert AuditEntry.objects.filter(action="import.confirm").count() == 1


def test_what_is_not_checked_or_is_given_up_cannot_be_confirmed(world: World) -> None:
    it = uploaded(world["owner:lead"], titled("A"))
    with pytest.raises(Conflict):
        services.confirm(actor=world["owner:lead"], imported=it)
    services.cancel(actor=world["owner:lead"], imported=it)
    services.cancel(actor=world["owner:lead"], imported=it)
    with pytest.raises(Conflict):
        services.confirm(actor=world["owner:lead"], imported=it)
    with pytest.raises(Conflict):
        services.choose_columns(actor=world["owner:lead"], imported=it, mapping={"0": "title"})
    assert not ImportedLine.objects.exists()
    done = imported(world["owner:lead"], titled("B"))
    with pytest.raises(Conflict, match="undo"):
        services.cancel(actor=world["owner:lead"], imported=done)


def test_a_file_that_was_put_right_is_matched_as_it_was_last_time(world: World) -> None:
    headers = ["Name of it", "Who runs it", "Colour"]
    lead = world["owner:lead"]
    first = uploaded(lead, sheet(["Warm homes", "Nobody", "red"], headers=headers))
    assert first.mapping == {}
    # A file whose columns were never matched says nothing, one of other headings neither.
    assert uploaded(lead, sheet(["Warm homes", "Nobody", "red"], headers=headers)).mapping == {}
    services.choose_columns(actor=lead, imported=first, mapping={"0": "title", "1": "lead"})
    again = uploaded(lead, sheet(["Warm homes", "Northwick Council", "red"], headers=headers))
    assert again.mapping == {"0": "title", "1": "lead"}
    assert uploaded(lead, sheet(["Warm homes", "red"], headers=["Name of it", "Colour"])).mapping == {}
    assert uploaded(world["partner:lead"], sheet(["A", "B", "C"], headers=headers)).mapping == {}
    # The last time counts, also where it was not imported.
    services.choose_columns(actor=lead, imported=again, mapping={"0": "title"})
    assert uploaded(lead, sheet(["A", "B", "C"], headers=headers)).mapping == {"0": "title"}


def test_columns_can_be_matched_otherwise_and_again(world: World) -> None:
    file = sheet(["Warm homes", "active", "red"], headers=["Name of it", "How far", "Colour"])
    it = uploaded(world["owner:lead"], file)
    assert it.mapping == {}
    assert queries.left_out(it) == ["Name of it", "How far", "Colour"]
    assert [h.samples for h in queries.headings(it)] == [("Warm homes",), ("active",), ("red",)]
    with pytest.raises(Invalid):
        services.choose_columns(actor=world["owner:lead"], imported=it, mapping={"1": "stage"})
    it = services.choose_columns(actor=world["owner:lead"], imported=it, mapping={"0": "title", "1": "summary"})
    assert verdicts(it) == ["new"]
    it = services.choose_columns(actor=world["owner:lead"], imported=it, mapping={0: "title", 1: "stage"})
    services.confirm(actor=world["owner:lead"], imported=it)
    made = Initiative.objects.get()
    assert (made.stage, made.summary) == ("active", "")


def test_another_sheet_of_a_workbook_can_be_chosen_until_it_is_confirmed(world: World) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Old"
    first.append(["title", "stage"])
    first.append(["From the first", "idea"])
    second = book.create_sheet("New")
    second.append(["Project", "Status"])
    second.append(["From the second", "active"])
    file = io.BytesIO()
    book.save(file)
    it = uploaded(world["owner:lead"], file, "list.xlsx")
    assert (it.sheet_name, it.sheet_names) == ("Old", ["Old", "New"])
    it = services.choose_columns(actor=world["owner:lead"], imported=it, mapping=it.mapping)
    it = services.choose_columns(actor=world["owner:lead"], imported=it, mapping={}, sheet="New")
    assert (it.status, it.sheet_name, it.mapping) == ("uploaded", "New", {"0": "title", "1": "stage"})
    with pytest.raises(Invalid):
        services.choose_columns(actor=world["owner:lead"], imported=it, mapping={}, sheet="Newer")
    it = services.choose_columns(actor=world["owner:lead"], imported=it, mapping=it.mapping)
    services.confirm(actor=world["owner:lead"], imported=it)
    assert titles() == ["From the second"]
    assert not KeptFile.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"title\n", b"\x89PNG\r\n\x1a\n0000", b"%PDF-1.7\n", b"PK\x03\x04 no workbook"]
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence_and_leaves_nothing(world: World, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        uploaded(world["owner:lead"], io.BytesIO(content))
    assert list(refused.value.errors) == ["file"]
    assert not Import.objects.exists()


def test_hostile_text_is_kept_or_told_and_never_breaks_anything(world: World) -> None:
    hostile = "\x00A\ufeff\u202eB=1+1';--\ud83d\ude00".encode("utf-8", "surrogatepass")
    file = io.BytesIO(b"title,summary,original_labels\nFine,x,\n" + hostile + b",<script>," + hostile + b"\n")
    it = checked(world["owner:lead"], file)
    assert verdicts(it)[0] == "new"
    services.confirm(actor=world["owner:lead"], imported=it, skip_bad=True)


def test_every_act_is_in_the_log(world: World) -> None:
    done = imported(world["owner:lead"], titled("A"))
    services.undo(actor=world["owner:approver"], imported=done)
    acts = AuditEntry.objects.filter(object_id=str(done.pk)).order_by("at", "id")
    assert [entry.action for entry in acts] == [
        "import.upload",
        "import.match",
        "import.confirm",
        "import.finish",
        "import.undo",
        "import.taken_back",
    ]
    assert {entry.organisation for entry in acts} == {world.bodies["owner"]}
    assert acts[5].person == world["owner:approver"].person


def test_an_import_is_seen_by_its_maker_and_by_those_who_decide_for_the_organisation(world: World) -> None:
    it = uploaded(world["owner:member"], titled("A"))
    seen = {name for name, actor in world.actors.items() if queries.imports_of(actor).filter(pk=it.pk).exists()}
    assert seen == {"owner:member", "owner:lead", "owner:approver", "owner:officer", "system"}
    with pytest.raises(NotFound):
        queries.get_import(world["partner:lead"], it.pk)
    for nonsense in ("", "x", "00000000-0000-0000-0000-000000000000", "\x00"):
        with pytest.raises(NotFound):
            queries.get_import(world["owner:lead"], nonsense)


def test_references_follow_each_other_without_a_gap(world: World) -> None:
    imported(world["owner:lead"], titled(*(f"Work {n}" for n in range(20))))
    assert sorted(Initiative.objects.values_list("number", flat=True)) == list(range(1, 21))
    assert Place.objects.get().last_reference == 20


def two_sheets() -> io.BytesIO:
    book = Workbook()
    for name in ("First", "Second"):
        tab = book.create_sheet(name)
        tab.append(["title", "stage"])
        tab.append([f"Of {name}", "active"])
    book.remove(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file


def test_an_import_tells_nobody_else_who_declined(world: World) -> None:
    """To say again what is so needs no right, so "nothing changes" is an answer: it must not be one to a guess."""
    it = published(world, title="Warm homes")
    body = world.bodies["partner"]
    now_in = matching.exported(world["other:lead"], [it])[it.pk]["partners"]
    declined = Partner.objects.create(initiative=it, organisation=body, role="adviser", confirmation="declined")

    def guessed(role: str) -> tuple[list[str], list[tuple[int, str, str]]]:
        said = "; ".join(filter(None, (now_in, f"{body.name} ({role})")))
        found = checked(
            world["other:lead"], sheet({"ref": it.reference, "partners": said}, headers=["ref", "partners"])
        )
        return verdicts(found), problems(found)

    assert guessed("adviser") == guessed("host")
    assert guessed("adviser")[0] == ["rejected"]
    assert declined in it.partners.all()


def test_a_sheet_is_read_before_anything_is_locked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large workbook takes seconds, in which others write too."""
    it = uploaded(world["owner:lead"], two_sheets(), "book.xlsx")
    outside = len(connection.savepoint_ids)
    depths = []

    def read(*args: Any, **options: Any) -> Any:
        depths.append(len(connection.savepoint_ids))
        return read_file(*args, **options)

    monkeypatch.setattr("collaboration.imports.services.checking.read_file", read)
    services.choose_columns(actor=world["owner:lead"], imported=it, mapping={}, sheet="Second")
    assert depths == [outside]
    with pytest.raises(NotFound):
        services.choose_columns(actor=world["other:lead"], imported=it, mapping={}, sheet="Second")
    assert depths == [outside]
