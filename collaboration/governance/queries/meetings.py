"""Reading meetings: one, lists of them, the agenda as a reader sees it, invitations, what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from collaboration.actions import queries as actions
from collaboration.actions.models import Action
from collaboration.governance import tokens
from collaboration.governance.interests import look_up
from collaboration.governance.models import (
    Access,
    AgendaItem,
    Decision,
    Mark,
    Meeting,
    MeetingInvitation,
    Paper,
    PartnershipBoard,
    SeatHolder,
)
from collaboration.governance.queries import visible
from collaboration.governance.queries.boards import people_to_invite, present
from collaboration.governance.queries.told import is_still_for
from collaboration.governance.rules import meetings as rules
from collaboration.governance.standing import admits, boards_kept_by, seats_of, standing_of
from groundwork.access.actors import Actor, Public
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from groundwork.clock import now, today
from groundwork.directory.models import Organisation

Which = Literal["upcoming", "past", "all", "mine"]
AHEAD: Final = (Meeting.Status.PLANNED, Meeting.Status.CALLED, Meeting.Status.RUNNING)
ON_HOME: Final = 5
WITHOUT_AGENDA: Final = timedelta(days=14)
"""So long before a meeting those who run it are asked for its agenda."""


@dataclass(frozen=True, slots=True)
class Line:
    """One place on an agenda. ``item`` is None where the reader may only know that something is dealt with there,
    and why not what: ``exempt_reason``."""

    number: int
    item: AgendaItem | None
    exempt_reason: str = ""
    papers: list[Paper] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    """Why papers of this item are not shown, each reason once."""
    decisions: list[Decision] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    """What came of it, as far as the reader may see each."""


@dataclass(frozen=True, slots=True)
class Agenda:
    lines: list[Line]
    papers: list[Paper]
    """Those of no item."""
    withheld: list[str]
    is_published: bool

    @property
    def minutes(self) -> int:
        return sum(line.item.minutes for line in self.lines if line.item is not None)


def find(actor: Actor, uuid: UUID) -> Meeting:
    """The meeting of this address. Raises :class:`NotFound`, also for one that is not shown to the actor."""
    found = Meeting.objects.select_related("board", "board__lead").filter(uuid=uuid).first()
    if found is None or not can(actor, "meeting.view", found):
        raise NotFound(_("There is no such meeting, or you may not see it."))
    return found


def find_item(actor: Actor, meeting: Meeting, uuid: UUID) -> AgendaItem:
    """Raises :class:`NotFound`."""
    found = meeting.items.select_related("owner", "owner_organisation").filter(uuid=uuid).first()
    if found is not None:
        found.meeting = meeting
    if found is None or not can(actor, "item.view", found):
        raise NotFound(_("There is no such item on this agenda, or you may not see it."))
    return found


def find_paper(actor: Actor, meeting: UUID, uuid: UUID) -> Paper:
    """A paper, for its readers and for who was asked for it. Raises :class:`NotFound`."""
    found = (
        Paper.objects.select_related(
            "meeting__board", "item__meeting__board", "author_organisation", "asked_of", "submitted_by"
        )
        .filter(meeting__uuid=meeting, uuid=uuid)
        .first()
    )
    if found is None or not can(actor, "paper.view", found):
        raise NotFound(_("There is no such paper, or you may not see it."))
    return found


def agenda(actor: Actor, meeting: Meeting) -> Agenda:
    """The agenda as ``actor`` sees it: exempt items keep their place, with the reason instead of the title.

    Four queries, and one for each item or paper for named people.
    """
    inside = admits(actor, meeting.board, Access.BOARD)
    if meeting.agenda_published_at is None and not inside:
        return Agenda([], [], [], is_published=False)
    papers = list(meeting.papers.select_related("author_organisation", "asked_of", "submitted_by"))
    by_item: dict[int | None, list[Paper]] = {}
    items = list(meeting.items.select_related("owner", "owner_organisation").order_by("order", "pk"))
    known = {item.pk: item for item in items}
    if inside:
        look_up(actor, items)
    for paper in papers:
        paper.meeting = meeting
        if paper.item_id is not None:
            paper.item = known[paper.item_id]
            paper.item.meeting = meeting
        by_item.setdefault(paper.item_id, []).append(paper)
    decided, agreed = _came_of(actor, items)
    lines = []
    for number, item in enumerate(items, start=1):
        item.meeting = meeting
        if rules.may_view_item(actor, item):
            shown, withheld = _papers(actor, by_item.get(item.pk, []))
            lines.append(Line(number, item, "", shown, withheld, decided.get(item.pk, []), agreed.get(item.pk, [])))
        elif item.exempt and not inside and item.access != Access.NAMED:
            lines.append(Line(number, None, item.exempt_reason))
    return Agenda(lines, *_papers(actor, by_item.get(None, [])), is_published=meeting.agenda_published_at is not None)


def _came_of(actor: Actor, items: list[AgendaItem]) -> tuple[dict[int, list[Decision]], dict[int, list[Action]]]:
    """The decisions and the actions of these items that are shown to the actor, by item. Two queries."""
    decided: dict[int, list[Decision]] = {}
    for decision in visible.decisions(actor).filter(item__in=items).select_related("board").order_by("number"):
        decided.setdefault(decision.item_id or 0, []).append(decision)
    agreed: dict[int, list[Action]] = {}
    seen = actions.visible_to(actor).order_by().values("pk")
    marks = Mark.objects.filter(item__in=items, action__in=seen).select_related("action__organisation")
    for mark in marks.order_by("at", "pk"):
        if mark.action is not None:
            agreed.setdefault(mark.item_id, []).append(mark.action)
    return decided, agreed


def _papers(actor: Actor, papers: Iterable[Paper]) -> tuple[list[Paper], list[str]]:
    """Those shown, and why others are not: only what is exempt is told of."""
    shown: list[Paper] = []
    withheld: dict[str, None] = {}
    for paper in papers:
        if rules.may_view_paper(actor, paper):
            shown.append(paper)
        elif paper.exempt:
            withheld[paper.exempt_reason] = None
    return shown, list(withheld)


def listing(
    actor: Actor, which: Which = "upcoming", *, board: PartnershipBoard | None = None, words: str = ""
) -> QuerySet[Meeting]:
    """Meetings shown to ``actor``: to come (the next first), past or all (the last first), or one's own to come."""
    found = visible.meetings(actor).select_related("board")
    if which == "all":
        found = found.order_by("-starts_at", "-pk")
    elif which == "past":
        found = found.filter(Q(ends_at__lt=now()) | ~Q(status__in=AHEAD)).order_by("-starts_at", "-pk")
    else:
        found = found.filter(ends_at__gte=now()).exclude(status=Meeting.Status.HELD).order_by("starts_at", "pk")
    if which == "mine":
        found = found.filter(going(actor))
    if board is not None:
        found = found.filter(board=board)
    for word in words.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(board__name__icontains=word))
    return found


def forward_plan(actor: Actor, board: PartnershipBoard) -> QuerySet[Meeting]:
    """The meetings of a board to come, with how many items each has on its agenda and how many answers it got."""
    return listing(actor, "upcoming", board=board).annotate(
        item_count=Count("items", distinct=True),
        invited_count=Count("invitations", distinct=True),
        answered_count=Count("invitations", filter=~Q(invitations__answer=""), distinct=True),
    )


def seen_ids(actor: Actor, ids: Collection[int]) -> set[int]:
    """Of these meetings, those the actor may see."""
    return set(visible.meetings(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def next_public(limit: int = ON_HOME) -> list[Meeting]:
    """The next meetings that everybody may read of, cancelled ones left out."""
    found = listing(Public(), "upcoming").exclude(status=Meeting.Status.CANCELLED)
    return list(found[:limit])


def going(actor: Actor) -> Q:
    """Meetings to which somebody was invited, or of boards on which they sit, and that have been called."""
    if actor.person is None:
        return Q(pk__in=[])
    mine = Exists(MeetingInvitation.objects.filter(meeting=OuterRef("pk"), person=actor.person))
    return Q(mine) | Q(
        board__in=PartnershipBoard.objects.filter(seats_of(actor, prefix="seats__")).order_by().values("pk")
    )


def for_feed(actor: Actor, *, board: PartnershipBoard | None = None) -> QuerySet[Meeting]:
    """What stands in a calendar that others subscribe to: a year back, and all to come; cancelled ones say so."""
    found = visible.meetings(actor).filter(ends_at__gte=now() - timedelta(days=366)).select_related("board")
    if board is not None:
        found = found.filter(board=board)
    return found.order_by("starts_at", "pk")


def for_own_calendar(actor: Actor) -> QuerySet[Meeting]:
    """Of :func:`for_feed`, what the person was invited to and has not declined, without whom they act for now.

    A calendar program acts under no mandate: what was mailed to them is theirs, and nothing else; and of boards that
    they have left nothing any more.
    """
    held = SeatHolder.objects.filter(present(today()), person=actor.person)
    still = Q(seat=None) | Q(meeting__board__in=held.order_by().values("seat__board"))
    invited = MeetingInvitation.objects.filter(still, person=actor.person).exclude(answer__in=("no", "deputy"))
    return (
        Meeting.objects.filter(pk__in=invited.values("meeting"), ends_at__gte=now() - timedelta(days=366))
        .select_related("board")
        .order_by("starts_at", "pk")
    )


def invitation_token(invitation: MeetingInvitation) -> str:
    return tokens.invitation_token(invitation)


def invitation_by_token(token: str) -> MeetingInvitation:
    """Raises :class:`NotFound`, always the same, for a link that does not work (promise S16).

    It does not work either for somebody who was invited for a seat and does not fill it any more.
    """
    found = (
        MeetingInvitation.objects.select_related("meeting__board", "seat", "person", "organisation")
        .filter(token_digest=tokens.digest(token))
        .first()
    )
    if found is None or not is_still_for(found):
        raise NotFound(_("This link does not work. Ask the secretary of the board for another invitation."))
    return found


def invitation_of(actor: Actor, meeting: Meeting) -> MeetingInvitation | None:
    """The actor's own invitation."""
    if actor.person is None:
        return None
    found = meeting.invitations.select_related("seat").filter(person=actor.person).first()
    if found is not None:
        found.meeting = meeting
    return found


def invitations(meeting: Meeting) -> QuerySet[MeetingInvitation]:
    """Everybody who was asked, by organisation; who comes for none last, whatever the database does with nothing."""
    return meeting.invitations.select_related("person", "organisation", "seat").order_by(
        F("organisation__name").asc(nulls_last=True), "name", "email"
    )


def answers(meeting: Meeting) -> dict[str, int]:
    """How many gave each answer; "" is who gave none."""
    return dict(
        meeting.invitations.order_by()
        .values_list("answer")
        .annotate(number=Count("pk"))
        .values_list("answer", "number")
    )


def unanswered(actor: Actor) -> QuerySet[MeetingInvitation]:
    """The actor's own invitations to meetings to come that wait for an answer."""
    if actor.person is None:
        return MeetingInvitation.objects.none()
    return (
        MeetingInvitation.objects.filter(
            person=actor.person, answer="", meeting__status=Meeting.Status.CALLED, meeting__starts_at__gt=now()
        )
        .select_related("meeting__board")
        .order_by("meeting__starts_at", "pk")
    )


def papers_awaited(actor: Actor) -> QuerySet[Paper]:
    """The papers that the actor was asked for and has not handed in."""
    if actor.person is None:
        return Paper.objects.none()
    return (
        Paper.objects.filter(asked_of=actor.person, submitted_at=None, meeting__status__in=AHEAD)
        .select_related("meeting__board")
        .order_by("meeting__papers_due_on", "pk")
    )


def without_agenda(actor: Actor) -> QuerySet[Meeting]:
    """Meetings that the actor runs, that begin within two weeks and whose agenda is not published."""
    if actor.person is None or actor.mandate is None:
        return Meeting.objects.none()
    return (
        Meeting.objects.filter(
            status__in=(Meeting.Status.PLANNED, Meeting.Status.CALLED),
            agenda_published_at=None,
            starts_at__gt=now(),
            starts_at__lte=now() + WITHOUT_AGENDA,
            board__in=PartnershipBoard.objects.filter(boards_kept_by(actor)).order_by().values("pk"),
        )
        .select_related("board")
        .order_by("starts_at", "pk")
    )


def can_be_named(thing: Meeting | AgendaItem) -> list[tuple[int, str, bool]]:
    """Whom to offer where people are named for a meeting or an item: account, who that is, and whether named now.

    The people of the board on the day of the meeting, and those named already.
    """
    meeting = thing if isinstance(thing, Meeting) else thing.meeting
    named = {each.pk: each.display_name for each in thing.named.order_by("name", "pk")}
    offered = {
        each.person.pk: f"{each.name}, {each.organisation.name}"
        for each in people_to_invite(meeting.board, timezone.localtime(meeting.starts_at).date())
    }
    return [(pk, words, pk in named) for pk, words in {**named, **offered}.items()]


def named_for(meeting: Meeting) -> list[str]:
    """The names of those a meeting for named people is for; nobody where it is not for such. One query at most."""
    if meeting.access != Access.NAMED:
        return []
    return [each.display_name for each in meeting.named.order_by("name", "pk")]


def runs(actor: Actor, board: PartnershipBoard) -> bool:
    return standing_of(actor, board).runs


def organisations_sitting(meeting: Meeting) -> list[Organisation]:
    """Those with a seat on the board: who may speak to an item, or write a paper."""
    return list(Organisation.objects.filter(seats__board=meeting.board).order_by("name", "pk").distinct())
