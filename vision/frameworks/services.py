"""Endorsing a framework: asking for it, saying so, saying what it means here, reviewing one's own programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.audit.services import differences, keep, keep_many
from groundwork.clock import now
from groundwork.directory.models import Mandate, Organisation, holding_on
from groundwork.events.services import record
from vision.frameworks import events as happened
from vision.frameworks.models import Element, Endorsement, Framework, LocalTranslation, ReviewedProgramme

Status = Endorsement.Status
WORDS_LIMIT = 2000
REASON_LIMIT = 1000
_link = URLValidator(schemes=["http", "https"])


@transaction.atomic
def ask(
    *, actor: Actor, framework: Framework, organisations: Sequence[Organisation], at: datetime | None = None
) -> list[Endorsement]:
    """Ask organisations to endorse a framework. Those asked already, or that have answered, are left as they are.

    Returns the endorsements that are asked for now. Raises :class:`Invalid` for a group or a closed organisation.
    """
    at = at or now()
    framework = Framework.objects.select_for_update(of=("self",)).get(pk=framework.pk)
    require(actor, "framework.ask_endorsements", framework)
    for each in organisations:
        if each.is_group or each.status == "closed":
            raise Invalid(
                {"organisations": [_("%(name)s cannot be asked: it is a group, or has closed.") % {"name": each.name}]}
            )
    # As in `_row`: whoever endorses just now is waited for.
    list(
        Organisation.objects.select_for_update(of=("self",)).filter(pk__in=[o.pk for o in organisations]).order_by("pk")
    )
    known = set(
        Endorsement.objects.filter(framework=framework, organisation__in=organisations).values_list(
            "organisation_id", flat=True
        )
    )
    rows = [
        Endorsement(framework=framework, organisation=each, asked_at=at, asked_by=actor.person, created_at=at)
        for each in {each.pk: each for each in organisations}.values()
        if each.pk not in known
    ]
    made = Endorsement.objects.bulk_create(rows)
    keep_many(
        actor=actor,
        acts=[("endorsement.ask", row, {"organisation": [None, row.organisation.name]}) for row in made],
        at=at,
    )
    for row in made:
        record(
            happened.EndorsementAsked(
                endorsement_id=row.pk, organisation_id=row.organisation_id, framework_id=framework.pk
            ),
            actor=actor,
        )
    return made


@transaction.atomic
def endorse(
    *,
    actor: Actor,
    framework: Framework,
    organisation: Organisation,
    endorsed_on: date,
    minute_reference: str = "",
    link: str = "",
    lead: Person | None = None,
    lead_office: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> Endorsement:
    """Say that an organisation endorses a framework, or correct what was said; it need not have been asked.

    ``lead`` is somebody who acts for the organisation now; ``lead_office`` names an office instead. ``version`` is the
    one that the person saw. Raises :class:`Invalid`, and :class:`Conflict` when somebody was quicker.
    """
    at = at or now()
    row = _row(actor, framework, organisation, "endorsement.answer", version)
    errors: dict[str, list[str]] = {}
    if endorsed_on > timezone.localdate(at):
        errors["endorsed_on"] = [_("The day of the decision must be today or in the past")]
    elif framework.launched_on is not None and endorsed_on < framework.launched_on:
        errors["endorsed_on"] = [_("The day of the decision must not be before the framework was launched")]
    if link:
        try:
            _link(link)
        except ValidationError:
            errors["link"] = [_("Enter an address that begins with https:// or http://")]
    if lead is not None and lead_office:
        errors["lead_office"] = [_("Choose a person or name an office, not both")]
    if lead is not None and not _acts_for(lead, organisation, at):
        errors["lead"] = [_("The lead must be somebody who acts for the organisation now")]
    if errors:
        raise Invalid(errors)
    values = {
        "status": Status.ENDORSED,
        "endorsed_on": endorsed_on,
        "minute_reference": minute_reference.strip(),
        "link": link.strip(),
        "lead": lead,
        "lead_office": lead_office.strip(),
        "reason": "",
    }
    return _answered(actor, row, values, "endorsement.endorse", at)


@transaction.atomic
def decline(
    *,
    actor: Actor,
    framework: Framework,
    organisation: Organisation,
    reason: str,
    version: int | None = None,
    at: datetime | None = None,
) -> Endorsement:
    """Say that an organisation that was asked does not endorse a framework, and why."""
    row = _row(actor, framework, organisation, "endorsement.answer", version)
    if row.status != Status.ASKED or row.pk is None:
        raise Conflict(_("This can be declined only while it is asked for."))
    values = {"status": Status.DECLINED, "reason": _reasoned(reason)}
    return _answered(actor, row, values, "endorsement.decline", at or now())


@transaction.atomic
def withdraw(
    *,
    actor: Actor,
    framework: Framework,
    organisation: Organisation,
    reason: str,
    version: int | None = None,
    at: datetime | None = None,
) -> Endorsement:
    """Take an endorsement back. That it was given, and what was said under it, stays to be read."""
    row = _row(actor, framework, organisation, "endorsement.answer", version)
    if row.status != Status.ENDORSED:
        raise Conflict(_("Only an endorsement that was given can be withdrawn."))
    values = {"status": Status.WITHDRAWN, "reason": _reasoned(reason)}
    return _answered(actor, row, values, "endorsement.withdraw", at or now())


@transaction.atomic
def translate(
    *,
    actor: Actor,
    endorsement: Endorsement,
    words: Mapping[int, str],
    version: int | None = None,
    at: datetime | None = None,
) -> Endorsement:
    """Say what elements (by primary key) mean locally; empty words take a translation away again."""
    at = at or now()
    row = _locked(actor, endorsement, "endorsement.translate", version)
    _insist_on_endorsed(row)
    elements = {each.pk: each for each in row.framework.elements.filter(pk__in=words)}
    if unknown := set(words) - set(elements):
        raise NotFound(_("There is no such element in this framework: %(which)s") % {"which": sorted(unknown)})
    wanted = {pk: text.strip() for pk, text in words.items()}
    if errors := {
        f"element-{pk}": [_("Use %(limit)s characters or fewer") % {"limit": WORDS_LIMIT}]
        for pk, text in wanted.items()
        if len(text) > WORDS_LIMIT
    }:
        raise Invalid(errors)
    held = {each.element_id: each for each in row.translations.all()}
    changes, touched = {}, []
    for pk, text in wanted.items():
        before = held[pk].words if pk in held else ""
        if before == text:
            continue
        touched.append(pk)
        changes[elements[pk].code] = [before or None, text or None]
        if not text:
            held[pk].delete()
        else:
            LocalTranslation.objects.update_or_create(
                endorsement=row, element=elements[pk], defaults={"words": text, "updated_at": at}
            )
    if not changes:
        return row
    _raise_version(row)
    keep(actor=actor, action="endorsement.translate", obj=row, changes=changes, at=at)
    record(happened.EndorsementTranslated(endorsement_id=row.pk, element_ids=touched, version=row.version), actor=actor)
    return row


@transaction.atomic
def add_programme(
    *,
    actor: Actor,
    endorsement: Endorsement,
    title: str,
    verdict: str,
    serves: Element | None = None,
    note: str = "",
    at: datetime | None = None,
) -> ReviewedProgramme:
    """Write down one of the organisation's own programmes: which element it serves, if any, and what becomes of it."""
    row = _locked(actor, endorsement, "endorsement.review", None)
    _insist_on_endorsed(row)
    errors: dict[str, list[str]] = {}
    if not title.strip():
        errors["title"] = [_("Enter the name of the programme")]
    if verdict not in ReviewedProgramme.Verdict.values:
        errors["verdict"] = [_("Choose keep, change or stop")]
    if serves is not None and serves.framework_id != row.framework_id:
        errors["serves"] = [_("Choose an element of this framework")]
    if errors:
        raise Invalid(errors)
    made = ReviewedProgramme.objects.create(
        endorsement=row, title=title.strip(), serves=serves, verdict=verdict, note=note.strip(), created_at=at or now()
    )
    changes = {"programme": [None, made.title], "verdict": [None, made.get_verdict_display()]}
    keep(actor=actor, action="endorsement.add_programme", obj=row, changes=changes, at=at)
    return made


@transaction.atomic
def remove_programme(*, actor: Actor, endorsement: Endorsement, pk: int, at: datetime | None = None) -> None:
    """Take a programme off the list again. One that is not there is no error: somebody was quicker."""
    row = _locked(actor, endorsement, "endorsement.review", None)
    found = row.programmes.filter(pk=pk).first()
    if found is not None:
        found.delete()
        changes = {"programme": [found.title, None]}
        keep(actor=actor, action="endorsement.remove_programme", obj=row, changes=changes, at=at)


@transaction.atomic
def finish_review(*, actor: Actor, endorsement: Endorsement, at: datetime | None = None) -> Endorsement:
    """Say that the organisation has looked through its own programmes. Raises :class:`Invalid` while none is listed."""
    at = at or now()
    row = _locked(actor, endorsement, "endorsement.review", None)
    _insist_on_endorsed(row)
    if not row.programmes.exists():
        raise Invalid(_("List at least one programme before you say that the review is done."))
    before = row.reviewed_on
    row.reviewed_on = timezone.localdate(at)
    _raise_version(row, "reviewed_on")
    changes = {"reviewed_on": [before.isoformat() if before else None, row.reviewed_on.isoformat()]}
    keep(actor=actor, action="endorsement.finish_review", obj=row, changes=changes, at=at)
    record(happened.EndorsementReviewed(endorsement_id=row.pk, version=row.version), actor=actor)
    return row


def _row(actor: Actor, framework: Framework, organisation: Organisation, verb: str, version: int | None) -> Endorsement:
    """The organisation's word on the framework, locked; a new one, not saved yet, where there is none."""
    # The organisation is locked first, so that two who speak for it at once do not both begin.
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    found = Endorsement.objects.select_for_update(of=("self",)).filter(framework=framework, organisation=organisation)
    row = found.select_related("organisation", "framework", "lead").first()
    row = row or Endorsement(framework=framework, organisation=organisation, version=0)
    require(actor, verb, row)
    if framework.withdrawn_on is not None:
        raise Conflict(_("This framework was withdrawn."))
    _insist_on_version(row, version)
    return row


def _locked(actor: Actor, endorsement: Endorsement, verb: str, version: int | None) -> Endorsement:
    found = Endorsement.objects.select_for_update(of=("self",)).filter(pk=endorsement.pk)
    row = found.select_related("organisation", "framework", "lead").first()
    if row is None:
        raise NotFound(_("There is no such endorsement."))
    require(actor, verb, row)
    _insist_on_version(row, version)
    return row


def _insist_on_version(row: Endorsement, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict(
            _("Somebody of your organisation changed this meanwhile: it says “%(status)s” now. Look at it, then save.")
            % {"status": row.get_status_display()}
        )


def _insist_on_endorsed(row: Endorsement) -> None:
    if not row.is_endorsed:
        raise Conflict(_("Your organisation has not endorsed this framework, or has taken it back."))


def _answered(actor: Actor, row: Endorsement, values: dict[str, Any], act: str, at: datetime) -> Endorsement:
    before = {name: _shown(getattr(row, name)) for name in values}
    after = {name: _shown(value) for name, value in values.items()}
    changes = differences(before, after)
    if row.pk is not None and not changes:
        return row
    for name, value in values.items():
        setattr(row, name, value)
    row.answered_at = at
    row.version += 1
    row.save()
    keep(actor=actor, action=act, obj=row, changes=changes, at=at)
    record(
        happened.EndorsementAnswered(
            endorsement_id=row.pk,
            organisation_id=row.organisation_id,
            framework_id=row.framework_id,
            status=row.status,
            version=row.version,
        ),
        actor=actor,
    )
    return row


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Person):
        return value.display_name
    return str(value) if value is not None else None


def _raise_version(row: Endorsement, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=["version", *fields])


def _reasoned(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": [_("Say why, so that partners understand")]})
    if len(reason) > REASON_LIMIT:
        raise Invalid({"reason": [_("Use %(limit)s characters or fewer") % {"limit": REASON_LIMIT}]})
    return reason


def _acts_for(person: Person, organisation: Organisation, at: datetime) -> bool:
    held = Mandate.objects.filter(holding_on(timezone.localdate(at)), person=person, organisation=organisation)
    return held.exists()
