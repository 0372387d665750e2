"""An organisation's own answer to being named, and organisations that ask to join."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.initiatives.events import (
    JoinAnswered,
    JoinAsked,
    PartnerAsked,
    PartnerConfirmed,
    PartnerDeclined,
)
from collaboration.initiatives.models import Initiative, JoinAsk, Partner
from collaboration.initiatives.rules import DECIDERS
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.records import changed, index, locked, spoken_time
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotAllowed, NotFound
from groundwork.access.rules import require
from groundwork.audit.services import keep
from groundwork.clock import now, today
from groundwork.events.services import record

BETWEEN_ASKING: Final = timedelta(days=7)
"""An organisation is not asked again sooner than this."""


def named(partner: Partner) -> str:
    """A partner as the audit log shows it to people: "Rochford District Council (Delivery)"."""
    role = partner.get_role_display()
    return f"{partner.organisation.name} ({role})" if role else partner.organisation.name


def _locked(partner: Partner) -> Partner:
    """A fresh copy of the row; its initiative is locked first, as every change of an initiative does."""
    initiative = Initiative.objects.select_for_update().filter(pk=partner.initiative_id).first()
    row = Partner.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=partner.pk).first()
    if row is None or initiative is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    row.initiative = initiative
    return row


def mark_asked(partner: Partner, *, at: datetime) -> None:
    """Not saved yet: the organisation is asked, and whatever it answered before no longer counts."""
    partner.confirmation = Partner.Confirmation.ASKED
    partner.asked_at = at
    partner.answered_at = None
    partner.answered_by = None
    partner.declined_reason = ""


def answer_or_ask(partner: Partner, *, actor: Actor, at: datetime) -> bool:
    """Mark a newly named partner of a published record, not saved yet; whether it is asked now.

    Groups are never asked. The owner, and an organisation whose own lead names it, has answered by naming itself.
    """
    if partner.organisation.is_group:
        return False
    if partner.organisation_id == partner.initiative.owner_id or actor.acts_for(partner.organisation_id, *DECIDERS):
        partner.confirmation = Partner.Confirmation.CONFIRMED
        partner.answered_at = at
        partner.answered_by = actor.person
        return False
    mark_asked(partner, at=at)
    return True


def ask(*, actor: Actor, partner: Partner, at: datetime, again: bool = False) -> None:
    """Within a transaction: mark a partner as asked and record it, so that the mail is written."""
    mark_asked(partner, at=at)
    partner.save()
    keep(actor=actor, action="partner.ask", obj=partner.initiative, changes={"partner": [None, named(partner)]}, at=at)
    record(
        PartnerAsked(
            initiative_id=partner.initiative_id,
            reference=partner.initiative.reference,
            partner_id=partner.pk,
            organisation_id=partner.organisation_id,
            again=again,
        ),
        actor=actor,
    )


def ask_named(*, actor: Actor, initiative: Initiative, partners: Iterable[Partner], at: datetime) -> None:
    """Within a transaction: ask those of ``partners`` that have not been asked and can be."""
    for partner in partners:
        partner.initiative = initiative
        if partner.organisation.is_group or partner.confirmation != Partner.Confirmation.NOT_ASKED:
            continue
        if answer_or_ask(partner, actor=actor, at=at):
            ask(actor=actor, partner=partner, at=at)
        else:
            partner.save()


@transaction.atomic
def confirm(*, actor: Actor, partner: Partner, at: datetime | None = None) -> Partner:
    """The organisation agrees that it has this part. Said twice it is one confirmation."""
    at = at or now()
    row = _locked(partner)
    require(actor, "initiative.answer_for", row)
    if row.confirmation == Partner.Confirmation.CONFIRMED:
        return row
    row.confirmation = Partner.Confirmation.CONFIRMED
    row.declined_reason = ""
    _answered(row, actor=actor, at=at)
    keep(actor=actor, action="partner.confirm", obj=row.initiative, changes={"partner": [None, named(row)]}, at=at)
    record(
        PartnerConfirmed(
            initiative_id=row.initiative_id,
            reference=row.initiative.reference,
            partner_id=row.pk,
            organisation_id=row.organisation_id,
        ),
        actor=actor,
    )
    index(row.initiative)
    return row


@transaction.atomic
def confirm_all(*, actor: Actor, initiative: Initiative, at: datetime | None = None) -> list[Partner]:
    """The actor's organisation agrees to every part it was asked about in this initiative.

    Raises :class:`NotAllowed` when the actor cannot answer for it, :class:`Conflict` when nothing is waiting.
    """
    at = at or now()
    # Before it is read what is waiting: whoever answers for the same organisation meanwhile has answered then.
    row = locked(initiative, actor=actor, verb="initiative.view")
    ours = [
        each
        for each in row.partners.select_related("organisation")
        if each.organisation_id == actor.organisation_id and each.holds_on(today())
    ]
    waiting = [each for each in ours if each.confirmation == Partner.Confirmation.ASKED]
    for each in waiting or ours[:1]:
        each.initiative = row
        require(actor, "initiative.answer_for", each)
    if waiting:
        return [confirm(actor=actor, partner=each, at=at) for each in waiting]
    if not actor.is_partner:
        raise NotAllowed(_("Only an organisation that is named as a partner here can confirm."))
    if any(each.confirmation == Partner.Confirmation.CONFIRMED for each in ours):
        raise Conflict(_("Your organisation has already confirmed. There is nothing left to confirm."))
    raise Conflict(_("Your organisation has not been asked to confirm a part in this initiative."))


@transaction.atomic
def decline(*, actor: Actor, partner: Partner, reason: str, at: datetime | None = None) -> Partner:
    """The organisation says that it does not have this part, and why. It is not shown as a partner any more.

    When it was named as the lead, the record has no stated lead until its owner names another.
    """
    at = at or now()
    row = _locked(partner)
    require(actor, "initiative.answer_for", row)
    reason = _sentence(reason, field="reason", label=_("The reason"), required=True)
    if row.confirmation == Partner.Confirmation.DECLINED:
        return row
    row.confirmation = Partner.Confirmation.DECLINED
    row.declined_reason = reason
    _answered(row, actor=actor, at=at)
    initiative = row.initiative
    keep(
        actor=actor,
        action="partner.decline",
        obj=initiative,
        changes={"partner": [named(row), None], "reason": [None, reason]},
        at=at,
    )
    record(
        PartnerDeclined(
            initiative_id=initiative.pk,
            reference=initiative.reference,
            partner_id=row.pk,
            organisation_id=row.organisation_id,
        ),
        actor=actor,
    )
    if row.role == Partner.Role.LEAD and initiative.lead_id == row.organisation_id:
        initiative.lead = None
        changed(actor=actor, initiative=initiative, changes={"lead": [row.organisation.name, None]}, at=at)
    else:
        index(initiative)
    return row


def _answered(partner: Partner, *, actor: Actor, at: datetime) -> None:
    partner.answered_at = at
    partner.answered_by = actor.person
    partner.save()


@transaction.atomic
def ask_again(*, actor: Actor, partner: Partner, at: datetime | None = None) -> Partner:
    """Ask an organisation that has not answered, or that declined, once more; after a week at the soonest."""
    at = at or now()
    row = _locked(partner)
    require(actor, "initiative.edit", row.initiative)
    name = row.organisation.name
    if not row.initiative.is_published:
        raise Conflict(_("This initiative is still a draft. Partners are asked when it is published."))
    if row.organisation.is_group:
        raise Conflict(_("%(name)s is a group of organisations. Nobody can answer for all of them.") % {"name": name})
    if row.valid_to is not None and not row.holds_on(today()):
        raise Conflict(_("%(name)s is no longer named as a partner here.") % {"name": name})
    if row.confirmation == Partner.Confirmation.CONFIRMED:
        raise Conflict(_("%(name)s has already confirmed.") % {"name": name})
    last = max((moment for moment in (row.asked_at, row.answered_at) if moment), default=None)
    if last is not None and at - last < BETWEEN_ASKING:
        raise Conflict(
            _("%(name)s was in touch about this at %(last)s. Ask again at %(next)s at the soonest.")
            % {"name": name, "last": spoken_time(last), "next": spoken_time(last + BETWEEN_ASKING)}
        )
    ask(actor=actor, partner=row, at=at, again=row.asked_at is not None)
    index(row.initiative)
    return row


@transaction.atomic
def ask_to_join(*, actor: Actor, initiative: Initiative, message: str = "", at: datetime | None = None) -> JoinAsk:
    """The actor's organisation asks to join; the leads of the initiative answer. Asked twice it waits once."""
    at = at or now()
    row = locked(initiative, actor=actor, verb="initiative.ask_to_join")
    message = _sentence(message, field="message", label=_("The message"), longest=1000, lines=True)
    waiting = row.join_asks.filter(organisation=actor.organisation, status=JoinAsk.Status.WAITING).first()
    if waiting is not None:
        return waiting
    made = JoinAsk.objects.create(
        initiative=row,
        message=message,
        person=actor.person,
        organisation=actor.organisation,
        mandate=actor.mandate,
        at=at,
    )
    assert actor.organisation is not None, "The rule asks for a mandate."  # noqa: S101
    keep(actor=actor, action="join.ask", obj=row, changes={"organisation": [None, actor.organisation.name]}, at=at)
    record(
        JoinAsked(
            initiative_id=row.pk,
            reference=row.reference,
            join_ask_id=made.pk,
            organisation_id=actor.organisation.pk,
        ),
        actor=actor,
    )
    return made


@transaction.atomic
def answer_join(
    *,
    actor: Actor,
    ask: JoinAsk,
    accept: bool,
    reason: str = "",
    role: str = "",
    at: datetime | None = None,
) -> JoinAsk:
    """Accept an organisation into the initiative, or decline with a reason.

    An ask by somebody who speaks for the organisation is its confirmation; one by a member is confirmed by its leads.
    """
    at = at or now()
    initiative = Initiative.objects.select_for_update().filter(pk=ask.initiative_id).first()
    row = JoinAsk.objects.select_for_update().filter(pk=ask.pk).first()
    if row is None or initiative is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    row.initiative = initiative
    require(actor, "initiative.answer_join", row)
    problems = cleaning.Problems()
    reason = cleaning.text(
        reason, field="reason", label=_("The reason"), longest=500, problems=problems, required=not accept
    )
    role = cleaning.choice(role, Partner.Role, field="role", label=_("The role"), problems=problems)
    if role == Partner.Role.LEAD:
        problems.add("role", _("Who leads is changed in the record itself."))
    problems.raise_if_any()
    status = JoinAsk.Status.ACCEPTED if accept else JoinAsk.Status.DECLINED
    if row.status == status:
        return row
    if row.status != JoinAsk.Status.WAITING:
        raise Conflict(_("This was answered already at %(when)s.") % {"when": spoken_time(row.answered_at or row.at)})
    row.status = status
    row.reason = reason
    row.answered_at = at
    row.answered_by = actor.person
    row.save()
    assert row.organisation is not None, "Only organisations ask to join."  # noqa: S101
    keep(
        actor=actor,
        action="join.answer",
        obj=initiative,
        changes={
            "organisation": [None, row.organisation.name],
            "answer": [None, str(row.get_status_display())],
            **({"reason": [None, reason]} if reason else {}),
        },
        at=at,
    )
    record(
        JoinAnswered(
            initiative_id=initiative.pk,
            reference=initiative.reference,
            join_ask_id=row.pk,
            organisation_id=row.organisation.pk,
            accepted=accept,
        ),
        actor=actor,
    )
    if accept:
        _let_in(actor=actor, row=row, role=role, at=at)
    return row


def _let_in(*, actor: Actor, row: JoinAsk, role: str, at: datetime) -> None:
    """The partnership that follows from an accepted ask."""
    initiative, organisation = row.initiative, row.organisation
    partner = initiative.partners.filter(organisation=organisation, valid_to=None, role=role).first()
    if partner is None:
        partner = Partner(initiative=initiative, organisation=organisation, role=role)
    elif partner.confirmation == Partner.Confirmation.CONFIRMED:
        return
    partner.initiative = initiative
    if row.mandate is None or row.mandate.role not in DECIDERS:
        ask(actor=actor, partner=partner, at=at)
    else:
        partner.confirmation = Partner.Confirmation.CONFIRMED
        partner.declined_reason = ""
        partner.answered_at = row.at
        partner.answered_by = row.person
        partner.save()
        record(
            PartnerConfirmed(
                initiative_id=initiative.pk,
                reference=initiative.reference,
                partner_id=partner.pk,
                organisation_id=partner.organisation_id,
            ),
            actor=actor,
        )
    changed(actor=actor, initiative=initiative, changes={"partners": [None, named(partner)]}, at=at)


def _sentence(
    value: str, *, field: str, label: str, longest: int = 500, required: bool = False, lines: bool = False
) -> str:
    problems = cleaning.Problems()
    kept = cleaning.text(
        value, field=field, label=label, longest=longest, problems=problems, required=required, lines=lines
    )
    if problems:
        raise Invalid(problems.errors)
    return kept
