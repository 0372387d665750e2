"""The voice of each organisation on a decision. Two people of one organisation are one voice: the later word stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.governance.models import Decision, Voice
from collaboration.governance.queries.boards import voting_organisations
from collaboration.governance.queries.voices import mandate_in_force, seat_of_voice
from collaboration.governance.services.decision_rows import locked
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotAllowed
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation

LONGEST_REASON = 500


@transaction.atomic
def give(*, actor: Actor, decision: Decision, choice: str, reason: str = "", at: datetime | None = None) -> Voice:
    """The voice of the organisation the actor acts for.

    Whether the mandate holds, and whether it fills a seat that votes, is asked under the decision's lock, on the day of
    the act. Raises :class:`NotAllowed` with a sentence, :class:`Conflict` once the decision is not open.
    """
    row = _open(actor, decision, "decision.voice")
    mandate = _mandate(actor)
    if seat_of_voice(actor, row) is None:
        raise NotAllowed(_("You fill no seat with a vote on this board today."))
    said, why = _clean(choice, reason)
    return _keep(actor, row, mandate.organisation, said, why, at or now(), mandate=mandate)


@transaction.atomic
def take_down(
    *,
    actor: Actor,
    decision: Decision,
    said: Mapping[int, str],
    at: datetime | None = None,
) -> list[Voice]:
    """What organisations (by id) said in the room, written down by who runs the meeting.

    What is as it was is left alone, so that writing the same twice is once. Raises :class:`Invalid` for an organisation
    without a vote.
    """
    at = at or now()
    row = _open(actor, decision, "decision.take_voices")
    entitled = {each.pk: each for each in voting_organisations(row.board)}
    if said.keys() - entitled.keys():
        raise Invalid(_("Only organisations with a vote on this board have a voice."))
    kept = []
    for pk, choice in said.items():
        word, _none = _clean(choice, "")
        kept.append(_keep(actor, row, entitled[pk], word, None, at, taken=True))
    return kept


def _open(actor: Actor, decision: Decision, verb: str) -> Decision:
    if actor.mandate is not None and verb == "decision.voice" and mandate_in_force(actor) is None:
        # Asked before the rule, which would only say that one fills no seat.
        raise NotAllowed(_ended(actor.mandate))
    row = locked(decision, actor=actor, verb=verb)
    if row.status != Decision.Status.OPEN:
        raise Conflict(
            _("This decision is %(status)s: no voices are given on it.") % {"status": row.get_status_display()}
        )
    return row


def _mandate(actor: Actor) -> Mandate:
    found = mandate_in_force(actor)
    if found is None:
        raise NotAllowed(_ended(actor.mandate))
    return found


def _ended(mandate: Mandate | None) -> str:
    fresh = Mandate.objects.filter(pk=mandate.pk).first() if mandate is not None else None
    if fresh is None or fresh.valid_to is None:
        return _("You hold no mandate under which to give an organisation’s voice.")
    return _("Your mandate for %(organisation)s ended on %(day)s, so you cannot give its voice.") % {
        "organisation": fresh.organisation.name,
        "day": date_format(fresh.valid_to, "j F Y"),
    }


def _clean(choice: str, reason: str) -> tuple[str, str]:
    problems = cleaning.Problems()
    said = cleaning.choice(choice, Voice.Choice, field="choice", label=_("The voice"), problems=problems)
    if not said and not problems:
        problems.add("choice", _("Choose for, against or abstain."))
    why = cleaning.text(reason, field="reason", label=_("The reason"), longest=LONGEST_REASON, problems=problems)
    problems.raise_if_any()
    return said, why


def _keep(
    actor: Actor,
    row: Decision,
    organisation: Organisation,
    choice: str,
    reason: str | None,
    at: datetime,
    *,
    mandate: Mandate | None = None,
    taken: bool = False,
) -> Voice:
    """The locked decision's one voice of ``organisation``. Both words stand in the history, the later one counts."""
    before = row.voices.filter(organisation=organisation).first()
    same = before is not None and before.choice == choice and (reason is None or before.reason == reason)
    if before is not None and same and (taken or (actor.person and before.person_id == actor.person.pk)):
        return before
    voice = before or Voice(decision=row, organisation=organisation)
    was = _words(before)
    voice.choice, voice.reason, voice.at = choice, reason or "", at
    voice.person = None if taken else actor.person
    voice.mandate = mandate
    voice.taken_by = actor.person if taken else None
    voice.save()
    act = "decision.take_voice" if taken else "decision.voice"
    keep(actor=actor, action=act, obj=row, changes={organisation.name: [was, _words(voice)]}, at=at)
    return voice


def _words(voice: Voice | None) -> str | None:
    if voice is None:
        return None
    said = str(voice.get_choice_display())
    return f"{said}: {voice.reason}" if voice.reason else said
