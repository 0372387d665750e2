"""Who has a voice on a board's decisions, and what they said."""

from __future__ import annotations

from django.db.models import Q

from collaboration.governance.models import Decision, Declaration, Seat, SeatHolder, Voice
from collaboration.governance.queries.boards import present, voting_organisations
from collaboration.governance.tally import Tally, reckon
from groundwork.access.actors import Actor
from groundwork.clock import today
from groundwork.directory.models import Mandate, holding_on

UNSETTLED = (Decision.Status.PROPOSED, Decision.Status.OPEN, Decision.Status.DEFERRED)


def voices(decision: Decision) -> list[Voice]:
    """What organisations said, by name of the organisation."""
    return list(decision.voices.select_related("organisation", "person", "taken_by").order_by("organisation__name"))


def tally_of(decision: Decision) -> Tally:
    """How the voices come out among those that have a vote today; once it is settled, as it was on that day."""
    board = decision.board
    entitled = {each.pk: each for each in voting_organisations(board, decision.decided_on)}
    given = list(decision.voices.select_related("organisation__sector").order_by("organisation__name"))
    is_settled = decision.status not in UNSETTLED
    if is_settled:
        # What was given counted then, whatever became of seats and of the rule since.
        entitled |= {voice.organisation_id: voice.organisation for voice in given}
    return reckon(
        how=decision.how,
        voices={entitled[each.organisation_id].name: each.choice for each in given if each.organisation_id in entitled},
        voting={each.name: str(each.sector) for each in entitled.values()},
        quorum=0 if is_settled else board.quorum_organisations,
        quorum_sectors=0 if is_settled else board.quorum_sectors,
    )


def voice_of(actor: Actor, decision: Decision) -> Voice | None:
    """What the actor's organisation said, if it did."""
    if actor.organisation_id is None:
        return None
    return decision.voices.filter(organisation=actor.organisation_id).select_related("person").first()


def seat_of_voice(actor: Actor, decision: Decision) -> Seat | None:
    """The voting seat that the actor fills today under a mandate that holds today; read anew, for use under a lock."""
    if actor.person is None or actor.mandate is None:
        return None
    day = today()
    held = SeatHolder.objects.filter(present(day), person=actor.person, seat__organisation=actor.organisation_id)
    return (
        Seat.objects.filter(
            holding_on(day),
            board=decision.board_id,
            role=Seat.Role.MEMBER,
            pk__in=held.order_by().values("seat"),
        )
        .order_by("order", "pk")
        .first()
    )


def mandate_in_force(actor: Actor) -> Mandate | None:
    """The mandate the actor acts under, read anew, if it still holds today."""
    if actor.mandate is None:
        return None
    return Mandate.objects.filter(holding_on(today()), pk=actor.mandate.pk).select_related("organisation").first()


def people_to_ask(decision: Decision) -> list[SeatHolder]:
    """Who may give a voice that is not given yet: holders and deputies of voting seats, without who is locked."""
    heard = decision.voices.order_by().values("organisation")
    locked = Declaration.objects.filter(withdrawn_at=None, person__isnull=False).filter(
        Q(decision=decision) | Q(item__isnull=False, item=decision.item_id)
    )
    held = SeatHolder.objects.filter(
        present(today()), seat__board=decision.board_id, seat__role=Seat.Role.MEMBER
    ).filter(seat__in=Seat.objects.filter(holding_on(today()), board=decision.board_id))
    found: dict[int, SeatHolder] = {}
    for each in (
        held.exclude(seat__organisation__in=heard)
        .exclude(person__in=locked.order_by().values("person"))
        .select_related("person", "mandate__organisation", "seat")
        .order_by("kind", "pk")
    ):
        found.setdefault(each.person_id or 0, each)
    return list(found.values())
