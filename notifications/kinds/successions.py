"""Organisations are succeeded: their people are told once before, when it is announced, and once when it has happened.

Mail that is about anything else needs nothing of this: it is written to mandates, and mandates have followed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groundwork.access.actors import SystemActor
from groundwork.access.errors import NotFound
from groundwork.clock import now
from groundwork.directory.queries import mandates_in_force
from groundwork.events.registry import Envelope, handles
from groundwork.succession import queries
from notifications.kinds.registry import Class, Kind, Reader, address
from notifications.rules import condition

COMING = Kind(
    name="succession.coming",
    mail_class=Class.SERVICE,
    template="succession",
    reason=gettext_lazy("you act for %(organisation)s, which this is about"),
)
APPLIED = Kind(
    name="succession.applied",
    mail_class=Class.SERVICE,
    template="succession",
    reason=gettext_lazy("you act for %(organisation)s, which this is about"),
)
CANCELLED = Kind(
    name="succession.cancelled",
    mail_class=Class.SERVICE,
    template="succession",
    reason=gettext_lazy("you act for %(organisation)s, which this is about"),
)
MAIL = SystemActor(name="mail")
MORNING = 8
"""What takes effect at midnight is told at this hour of the place's clock."""


@handles("succession.changed", name="mail.succession_announced")
def tell_what_is_planned(envelope: Envelope) -> None:
    """Once it is announced; again only if its day is another one."""
    row = _get(envelope.payload["succession_id"])
    if row is None or not row.is_planned or not row.is_announced or row.of != "organisation":
        return
    said = _said(row)
    rows = [(_("From"), said["day"]), (_("Why"), row.reason)]
    if not said["renames"]:
        rows.append((_("What moves, as it is planned"), queries.in_one_sentence(queries.preview(row))))
    if said["renames"]:
        happens = _("%(old)s will be called %(new)s from %(day)s on.") % said
    else:
        happens = ngettext(
            "On %(day)s %(new)s takes the place of %(old)s.",
            "On %(day)s these take the place of %(old)s: %(new)s.",
            said["count"],
        ) % said  # fmt: skip
    for reader in _readers(row):
        COMING.tell(
            reader,
            about=f"{row.pk}-{row.effective_on}",
            context={
                "heading": _("Your organisation will change"),
                "paragraphs": [
                    happens,
                    _("You need do nothing: you go on in the same role and sign in as before. Old addresses lead on."),
                ],
                "rows": rows,
                "link": address(row.get_absolute_url()),
            },
            conditions={"succession_planned": {"succession_id": row.pk, "day": row.effective_on.isoformat()}},
        )


@handles("succession.applied", name="mail.succession_applied")
def tell_what_happened(envelope: Envelope) -> None:
    """The people of who was renamed, of the successors, and of who goes on beside them."""
    row = _get(envelope.payload["succession_id"])
    if row is None or row.of != "organisation":
        return
    said = _said(row)
    rows = [(_("Since"), said["day"]), (_("Why"), row.reason)]
    if said["renames"]:
        happened = _("%(old)s is called %(new)s since %(day)s.") % said
    else:
        rows.append((_("What moved"), queries.moved_in_one_sentence(row)))
        happened = ngettext(
            "On %(day)s %(new)s took the place of %(old)s.",
            "On %(day)s these took the place of %(old)s: %(new)s.",
            said["count"],
        ) % said  # fmt: skip
    for reader in _readers(row):
        name = {"organisation": reader.mandate.organisation.name}
        APPLIED.tell(
            reader,
            about=row.pk,
            context={
                "heading": _("Your organisation has changed"),
                "paragraphs": [
                    happened,
                    _("You act for %(organisation)s, in the same role. Sign in as before; old addresses lead on.")
                    % name,
                ],
                "rows": rows,
                "link": address(row.get_absolute_url()),
            },
            due_at=_morning(now()),
        )


@handles("succession.cancelled", name="mail.succession_cancelled")
def tell_that_it_is_called_off(envelope: Envelope) -> None:
    """Only if it had been announced: who was never told of it is not told that it is off."""
    row = _get(envelope.payload["succession_id"])
    if row is None or not row.is_announced or row.of != "organisation":
        return
    said = _said(row)
    for reader in _readers(row):
        CANCELLED.tell(
            reader,
            about=row.pk,
            context={
                "heading": _("A planned change is called off"),
                "paragraphs": [_("What was planned for %(day)s does not happen. Nothing changes for: %(old)s.") % said],
                "rows": [(_("The plan"), row.title), (_("Why"), row.cancelled_reason)],
                "link": "",
            },
        )


def _get(pk: int) -> Any:
    try:
        return queries.find(MAIL, pk)
    except NotFound:
        return None


def _said(row: Any) -> dict[str, Any]:
    """Who is replaced and who takes over, by name, and the day."""
    heirs = queries.successors_of(row)
    before = [str(each.thing) for each in queries.predecessors_of(row)]
    renames = row.kind == "rename"
    if renames:
        # Once it is in effect the organisation itself has the new name.
        before = [_name_before(row)]
    return {
        "old": ", ".join(sorted(before)),
        "new": ", ".join(sorted(each.name for each in heirs)),
        "count": len(heirs),
        "day": date_format(row.effective_on, "j F Y"),
        "renames": renames,
    }


def _name_before(row: Any) -> str:
    thing = queries.predecessors_of(row)[0].organisation
    assert thing is not None  # noqa: S101 - of an organisation
    former = thing.names.filter(kind="former", valid_to=row.effective_on).order_by("pk").first()
    return former.name if former and not row.is_planned else thing.name


def _readers(row: Any) -> list[Reader]:
    """Everybody who acts today for who is replaced or takes over, each once, whatever their role."""
    bodies = {each.organisation_id for each in queries.predecessors_of(row)}
    bodies |= {each.organisation_id for each in queries.successors_of(row)}
    found: dict[int, Reader] = {}
    for mandate in mandates_in_force([each for each in bodies if each is not None]):
        found.setdefault(mandate.person_id, Reader(person=mandate.person, mandate=mandate))
    return list(found.values())


def _morning(at: datetime) -> datetime | None:
    """The hour at which it is told, where that is still to come today."""
    local = timezone.localtime(at)
    hour = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return hour if local < hour else None


@condition("succession_planned")
def succession_is_still_planned(*, succession_id: int, day: str) -> str:
    """It is announced, and for that day."""
    row = _get(succession_id)
    if row is None or not row.is_planned or not row.is_announced or row.effective_on.isoformat() != day:
        return "It is not planned any more, or for another day."
    return ""
