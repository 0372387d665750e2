"""Partnership boards: setting one up, changing it, making it active, renewing it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from collaboration.governance.models import PartnershipBoard
from collaboration.governance.services import boards
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.audit.models import AuditEntry
from groundwork.clock import today
from groundwork.events.models import OutboxEvent
from tests.collaboration.governance import ground as grounds
from tests.collaboration.governance.ground import CHAIR, LEAD, MEMBER, SECRETARY, Ground
from vision.frameworks.models import Element

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(clock: Any) -> Ground:
    return grounds.lay()


def test_setting_one_up(ground: Ground) -> None:
    element = Element.objects.order_by("pk")[0]
    board = boards.create(
        actor=ground["lead:lead"], name="Ready for School", kind="task_force", access="partners",
        purpose="Children arrive at school ready.", elements=[element.code],
    )  # fmt: skip
    assert (board.status, board.lead, board.slug) == ("proposed", ground.world.bodies["lead"], "ready-for-school")
    assert list(board.elements.all()) == [element]
    assert boards.create(actor=ground["lead:lead"], name="Ready for School") == board, "a double click"
    with pytest.raises(Invalid, match="already"):
        boards.create(actor=ground["partner:lead"], name="ready for school")
    for name in ("lead:member", "public", "nobody", "partner:scrutiny"):
        with pytest.raises(NotAllowed):
            boards.create(actor=ground[name], name="Another")
    assert boards.create(actor=ground[LEAD], name="New").slug == "new-board"
    assert boards.create(actor=ground[LEAD], name="Ready-for school").slug == "ready-for-school-2"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 201), ("purpose", "x" * 4001), ("kind", "club"), ("access", ""),
        ("deciding", None), ("starts_on", "soon"), ("ends_on", "2020-01-01"), ("elements", ["NO-1"]),
        ("areas", ["E99"]), ("named", ["nobody@example.org"]), ("lead", "all-councils"), ("lead", "none-such"),
        ("parent", "none-such"), ("quorum_organisations", "-1"), ("papers_days", "many"), ("quorum_sectors", 51),
        ("name", 5), ("elements", "PR-1"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence(ground: Ground, field: str, value: Any) -> None:
    board = grounds.made_board(ground.world, status="proposed", starts_on=date(2026, 1, 1))
    with pytest.raises(Invalid) as refused:
        boards.edit(actor=ground[LEAD], board=board, version=1, **{field: value})
    assert set(refused.value.errors) == {field}
    assert all(sentence.endswith(".") for sentence in refused.value.errors[field])
    board.refresh_from_db()
    assert board.version == 1


def test_changing_it(ground: Ground) -> None:
    board = boards.edit(actor=ground[SECRETARY], board=ground.board, version=1, purpose="To work together.")
    assert board.version == 2
    kept = AuditEntry.objects.order_by("-pk")[0]
    assert (kept.action, kept.changes) == ("partnership.edit", {"purpose": [None, "To work together."]})
    assert boards.edit(actor=ground[SECRETARY], board=board, version=1, purpose="To work together.").version == 2
    with pytest.raises(Conflict, match="you, in another window"):
        boards.edit(actor=ground[SECRETARY], board=board, version=1, purpose="Something else.")
    with pytest.raises(Conflict, match="Owner Member"):
        boards.edit(actor=ground[LEAD], board=board, version=1, purpose="Something else.")
    with pytest.raises(NotAllowed):
        boards.edit(actor=ground[MEMBER], board=board, version=2, purpose="Mine.")
    hidden = grounds.made_board(ground.world, access="named")
    with pytest.raises(NotFound):
        boards.edit(actor=ground[MEMBER], board=hidden, version=1, purpose="Mine.")


def test_handing_it_over(ground: Ground) -> None:
    to = ground.world.bodies["partner"]
    with pytest.raises(NotAllowed, match="another lead partner"):
        boards.edit(actor=ground[CHAIR], board=ground.board, version=1, lead=to.slug)
    ground.board.refresh_from_db()
    assert ground.board.lead == ground.world.bodies["owner"]
    assert boards.edit(actor=ground[LEAD], board=ground.board, version=1, lead=to.slug).lead == to
    with pytest.raises(NotAllowed):
        boards.edit(actor=ground[LEAD], board=ground.board, version=2, purpose="Not ours any more.")


def test_boards_above(ground: Ground) -> None:
    below = grounds.made_board(ground.world)
    boards.edit(actor=ground[LEAD], board=below, version=1, parent=ground.board.slug)
    for board, parent in ((ground.board, below), (below, below)):
        fresh = PartnershipBoard.objects.get(pk=board.pk)
        with pytest.raises(Invalid, match="cannot report to itself"):
            boards.edit(actor=ground[LEAD], board=fresh, version=fresh.version, parent=parent.slug)
    with pytest.raises(Conflict, match="report to it"):
        boards.close(actor=ground[LEAD], board=ground.board, version=1)


def test_a_proposed_board_becomes_active_with_its_history(ground: Ground) -> None:
    board = boards.create(actor=ground[LEAD], name="Vale Partners")
    with pytest.raises(Conflict, match="Make it active first"):
        boards.renew(actor=ground[LEAD], board=board, version=1, ends_on="2027-12-01")
    with pytest.raises(Invalid, match="after today"):
        boards.activate(actor=ground[LEAD], board=board, version=1, ends_on=today())
    board = boards.activate(actor=ground[LEAD], board=board, version=1, ends_on="2027-11-23")
    assert (board.status, board.starts_on, board.is_time_limited) == ("active", today(), True)
    assert boards.activate(actor=ground[LEAD], board=board, version=1).version == 2
    told = [entry.action for entry in AuditEntry.objects.filter(object_id=str(board.pk)).order_by("pk")]
    assert told == ["partnership.create", "partnership.activate"]
    assert AuditEntry.objects.order_by("-pk")[0].changes["status"] == ["proposed", "active"]


def test_renewing_it(ground: Ground, clock: Any) -> None:
    board = grounds.made_board(ground.world, ends_on=today() + timedelta(days=10))
    with pytest.raises(Invalid, match="Renew the board"):
        boards.edit(actor=ground[LEAD], board=board, version=1, ends_on="2028-01-01")
    clock.shift(timedelta(days=20))
    board = PartnershipBoard.objects.get(pk=board.pk)
    assert board.is_overdue()
    with pytest.raises(Invalid, match="after today"):
        boards.renew(actor=ground[LEAD], board=board, version=1, ends_on=today())
    board = boards.renew(actor=ground[LEAD], board=board, version=1, ends_on=today() + timedelta(days=100))
    assert not board.is_overdue()
    assert boards.renew(actor=ground[LEAD], board=board, version=1, ends_on=board.ends_on).version == 2
    assert not boards.renew(actor=ground[LEAD], board=board, version=2, ends_on=None).is_time_limited
    assert OutboxEvent.objects.filter(name="partnership.changed").count() == 2
