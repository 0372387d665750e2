"""An import can be taken back for 30 days, but not what somebody has worked on since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from collaboration.imports import queries, services
from collaboration.imports.models import Import, ImportedLine
from collaboration.imports.services.forgetting import forget_lines
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import keeping, partners, registering
from groundwork.access.errors import Conflict
from groundwork.audit.models import AuditEntry
from groundwork.clock import now
from groundwork.schedule.registry import jobs
from tests.collaboration.imports.files import checked, exported_csv, imported, sheet, titled, titles, uploaded, verdicts
from tests.collaboration.initiatives.world import World, events_of, partner_of, published

pytestmark = pytest.mark.django_db


def everything_said(initiative: Initiative) -> dict[str, object]:
    """A record as an export and its pages tell it, without when it changed."""
    from collaboration.initiatives.finding.downloads import row_of
    from groundwork.access.actors import SystemActor

    row = row_of(SystemActor(name="tests"), initiative)
    assert row is not None
    said = {name: value for name, value in row.record.items() if name != "changed"}
    said["main"] = sorted(
        (a.element.code, a.is_main, a.contribution) for a in initiative.alignments.select_related("element")
    )
    said["parts"] = sorted(
        (p.organisation.slug, p.role, p.contribution) for p in initiative.partners.filter(valid_to=None)
    )
    return said


def test_drafts_go_and_what_was_changed_says_again_what_it_said(world: World) -> None:
    it = published(world)
    before = everything_said(it)
    done = imported(
        world["owner:lead"],
        sheet(
            {"title": "New one"},
            {
                "title": it.title,
                "summary": "Other words",
                "stage": "completed",
                "lead": "Vale County Council",
                "partners": "Vale NHS (adviser)",
                "strands": "V-A3.1; V-A1.1; V-A2",
                "blocks": "B-2",
                "areas": "Eastwick",
                "start": "2026-01-01",
                "money": "5",
                "contact": "Energy team <energy@example.org>",
                "source": "Some list",
                "original_labels": "Warm",
            },
        ),
    )
    assert done.counts == {"new": 1, "changed": 1, "unchanged": 0, "rejected": 0}
    it.refresh_from_db()
    assert everything_said(it) != before
    undone = services.undo(actor=world["owner:lead"], imported=done)
    assert undone.status == "undone"
    it.refresh_from_db()
    assert everything_said(it) == before
    assert titles() == [it.title]
    assert queries.left_alone(undone) == []
    assert AuditEntry.objects.filter(action="initiative.remove").count() == 1
    assert len(events_of("import.undone")) == 1


def test_what_was_published_is_withdrawn_with_the_reason(world: World) -> None:
    done = imported(world["owner:lead"], titled("A"), publish="public")
    services.undo(actor=world["owner:approver"], imported=done)
    it = Initiative.objects.get()
    assert it.withdrawn_at is not None
    assert it.withdrawn_reason == "The import of “list.csv” was undone."


def test_what_somebody_touched_since_is_left_alone_and_named(world: World) -> None:
    old = published(world)
    done = imported(
        world["owner:lead"],
        sheet({"title": old.title, "stage": "completed"}, {"title": "Edited"}, {"title": "Updated"}, {"title": "Left"}),
    )
    other = world["owner:member"]
    keeping.verify(actor=other, initiative=old, at=now() + timedelta(minutes=1))
    edited = Initiative.objects.get(title="Edited")
    registering.save_about(
        actor=other, initiative=edited, version=edited.version, title="Edited", summary="By hand", stage="idea"
    )
    updated = Initiative.objects.get(title="Updated")
    registering.save_contact(actor=other, initiative=updated, version=updated.version, contact_role="Team")
    undone = services.undo(actor=world["owner:lead"], imported=done)
    assert titles() == sorted(["Edited", "Updated", old.title])
    old.refresh_from_db()
    assert old.stage == "completed"
    kept = queries.left_alone(undone)
    assert [line.title for line in kept] == [old.title, "Edited", "Updated"]
    assert {line.outcome_note for line in kept} == {"Owner Member (Northwick Council) has worked on it since."}


def test_a_partners_answer_is_work_on_a_record_too(world: World) -> None:
    done = imported(world["owner:lead"], titled("A", "B", partners="Vale NHS"), publish="public")
    it = Initiative.objects.get(title="A")
    partners.confirm(actor=world["partner:lead"], partner=partner_of(it, "vale-nhs"))
    services.undo(actor=world["owner:lead"], imported=done)
    assert titles(withdrawn_at=None) == ["A"]


def test_undone_twice_is_once(world: World) -> None:
    done = imported(world["owner:lead"], titled("A"), publish="public")
    services.undo(actor=world["owner:lead"], imported=done)
    services.undo(actor=world["owner:lead"], imported=done)
    assert AuditEntry.objects.filter(action="import.undo").count() == 1
    assert AuditEntry.objects.filter(action="initiative.withdraw").count() == 1


def test_only_what_was_imported_can_be_undone_and_only_for_thirty_days(world: World) -> None:
    with pytest.raises(Conflict):
        services.undo(actor=world["owner:lead"], imported=checked(world["owner:lead"], titled("X")))
    done = imported(world["owner:lead"], titled("A"))
    assert queries.undo_until(done) == done.imported_at + timedelta(days=30)
    with pytest.raises(Conflict, match="30 days"):
        services.undo(actor=world["owner:lead"], imported=done, at=done.imported_at + timedelta(days=30, seconds=1))
    services.undo(actor=world["owner:lead"], imported=done, at=done.imported_at + timedelta(days=30))
    assert titles() == []


def test_what_the_undoer_may_not_withdraw_stays_and_says_why(world: World) -> None:
    """Two people brought it in: a member the file, a lead the confirmation that published it."""
    it = checked(world["owner:member"], titled("A"))
    services.confirm(actor=world["owner:lead"], imported=it, publish="public")
    undone = services.undo(actor=world["owner:member"], imported=it)
    assert titles(withdrawn_at=None) == ["A"]
    assert "Only a lead or an approver" in queries.left_alone(undone)[0].outcome_note


def test_a_line_taken_out_of_the_sheet_does_nothing_to_its_record(world: World) -> None:
    first, second = published(world), imported(world["owner:lead"], titled("Other"), publish="public")
    assert second.counts["new"] == 1
    lines = exported_csv(world["owner:lead"]).getvalue().splitlines(keepends=True)
    assert len(lines) == 3
    from io import BytesIO

    again = checked(world["owner:lead"], BytesIO(b"".join(lines[:2])))
    assert verdicts(again) == ["unchanged"]
    assert titles(withdrawn_at=None) == sorted([first.title, "Other"])


def test_after_thirty_days_the_lines_go_and_the_import_stays(world: World) -> None:
    done = imported(world["owner:lead"], titled("A"))
    waiting = uploaded(world["owner:lead"], titled("B"))
    assert forget_lines(at=now() + timedelta(days=29)) == 0
    later = now() + timedelta(days=30, minutes=1)
    assert forget_lines(at=later) == 2
    assert forget_lines(at=later) == 0
    assert not ImportedLine.objects.exists()
    done.refresh_from_db()
    assert (done.status, done.counts["new"], done.forgotten_at) == ("imported", 1, later)
    assert Import.objects.get(pk=waiting.pk).status == "cancelled"
    assert titles() == ["A"]
    with pytest.raises(Conflict, match="30 days"):
        services.undo(actor=world["owner:lead"], imported=done)


def test_a_nightly_job_does_that() -> None:
    assert "imports.forget_lines" in [job.name for job in jobs()]
