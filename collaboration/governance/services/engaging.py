"""Noting assemblies, briefings and letters: whom they reached, what came up, and what was promised there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.actions.services import making
from collaboration.governance.models import Access, Engagement, EngagementCommitment
from collaboration.governance.services.clicks import made_just_now
from collaboration.governance.services.records import spoken_day
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.access.rules import require
from groundwork.accounts.models import Person
from groundwork.audit.services import differences, keep
from groundwork.clock import now

LONGEST: Final = 4000
MOST_PROMISES: Final = 50
MOST_REACHED: Final = 10_000_000


@transaction.atomic
def log(*, actor: Actor, at: datetime | None = None, **fields: Any) -> Engagement:
    """Note one, held by the actor's organisation. Fields as in :func:`edit`. Raises :class:`Invalid`.

    The same from the same person within ten seconds is a double click and gives the same one.
    """
    at = at or now()
    require(actor, "engagements.log")
    assert actor.organisation is not None  # noqa: S101 - the rule says so
    said, promises = _clean(fields)
    if actor.person is not None:
        # Locked before the look for a first click, so that two clicks at once cannot both miss it.
        Person.objects.select_for_update().get(pk=actor.person.pk)
    same = Engagement.objects.filter(**said, held_by=actor.organisation)
    known = made_just_now(same, actor=actor, act="engagement.log", at=at)
    if known is not None:
        return known
    made = Engagement.objects.create(**said, held_by=actor.organisation, created_by=actor.person, created_at=at)
    _promise(made, promises)
    changes = {name: [None, value] for name, value in _readable(made).items() if value}
    keep(actor=actor, action="engagement.log", obj=made, changes=changes, at=at)
    return made


@transaction.atomic
def edit(
    *, actor: Actor, engagement: Engagement, version: int | None, at: datetime | None = None, **fields: Any
) -> Engagement:
    """``kind``, ``title``, ``held_on``, ``audience``, ``reached``, ``themes``, ``link``, ``access`` and ``promises``, a
    list of sentences. A promise that is an action already stays, whatever the list says.

    Raises :class:`Invalid` and, when ``version`` is not the present one, :class:`Conflict`.
    """
    at = at or now()
    row = _locked(engagement, actor)
    said, promises = _clean(fields)
    before = _readable(row)
    for name, value in said.items():
        setattr(row, name, value)
    kept = list(row.commitments.all())
    same = [each.text for each in kept] == promises
    changes = differences(before, _readable(row))
    if not changes and same:
        return row
    if version is not None and version != row.version:
        raise Conflict(_("This was changed after you opened it. Check what changed, then save again."))
    if not same:
        changes["promises"] = [[each.text for each in kept], promises]
        row.commitments.filter(action=None).exclude(text__in=promises).delete()
        there = set(row.commitments.values_list("text", flat=True))
        _promise(row, [each for each in promises if each not in there], begin=len(kept))
    row.version += 1
    row.save()
    keep(actor=actor, action="engagement.edit", obj=row, changes=changes, at=at)
    return row


@transaction.atomic
def make_action(*, actor: Actor, engagement: Engagement, promise: int, at: datetime | None = None) -> Any:
    """What was promised becomes an action of the organisation that held it; nobody has it yet.

    A second click gives the same action. Raises :class:`NotFound` where there is no such promise.
    """
    at = at or now()
    row = _locked(engagement, actor)
    found = EngagementCommitment.objects.select_for_update(of=("self",)).filter(engagement=row, pk=promise).first()
    if found is None:
        raise NotFound(_("This is not promised any more."))
    if found.action is None:
        found.action = making.make(actor=actor, what=found.text, at=at)
        found.save(update_fields=["action"])
    return found.action


def _locked(engagement: Engagement, actor: Actor) -> Engagement:
    row = Engagement.objects.select_for_update(of=("self",)).filter(pk=engagement.pk).first()
    if row is None:
        raise NotFound(_("This does not exist, or you may not see it."))
    require(actor, "engagement.edit", row)
    return row


def _promise(made: Engagement, promises: Sequence[str], begin: int = 0) -> None:
    EngagementCommitment.objects.bulk_create(
        EngagementCommitment(engagement=made, text=text, order=number)
        for number, text in enumerate(promises, start=begin)
    )


def _clean(fields: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    problems = cleaning.Problems()

    def words(field: str, label: str, longest: int, **more: Any) -> str:
        given = fields.get(field, "")
        return cleaning.text(given, field=field, label=label, longest=longest, problems=problems, **more)

    held_on: date | None = cleaning.day(fields.get("held_on"), field="held_on", label=_("The day"), problems=problems)
    if held_on is None and "held_on" not in problems.errors:
        problems.add("held_on", _("Enter the day."))
    said = {
        "kind": cleaning.choice(
            fields.get("kind"), Engagement.Kind, field="kind", label=_("What it was"), problems=problems
        ),
        "title": words("title", _("The title"), 200, required=True),
        "held_on": held_on,
        "audience": words("audience", _("Who was there"), 300),
        "reached": _number(fields.get("reached"), problems),
        "themes": words("themes", _("What came up"), LONGEST, lines=True),
        "link": words("link", _("The address"), 200),
        "access": cleaning.choice(
            fields.get("access") or Access.PUBLIC, Access, field="access", label=_("Who can see it"), problems=problems
        ),
    }
    if said["link"] and not str(said["link"]).startswith(("https://", "http://")):
        problems.add("link", _("Enter a web address that begins with https://"))
    if said["access"] not in (Access.PUBLIC, Access.PARTNERS, ""):
        problems.add("access", _("Choose who can see it from those offered."))
    for name, sentence in (("kind", _("Say what it was.")), ("access", _("Say who can see it."))):
        if not said[name] and name not in problems.errors:
            problems.add(name, sentence)
    told = (
        cleaning.text(each, field="promises", label=_("Each promise"), longest=500, problems=problems)
        for each in fields.get("promises") or ()
    )
    promises = [each for each in dict.fromkeys(told) if each]
    if len(promises) > MOST_PROMISES:
        problems.add("promises", _("Enter at most %(most)d promises.") % {"most": MOST_PROMISES})
    problems.raise_if_any()
    return said, promises


def _number(value: Any, problems: cleaning.Problems) -> int | None:
    if value in (None, ""):
        return None
    digits = str(value).strip().replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9 and int(digits) <= MOST_REACHED):
        problems.add("reached", _("Enter a whole number, such as 120, or leave it empty."))
        return None
    return int(digits)


def _readable(row: Engagement) -> dict[str, Any]:
    return {
        "kind": str(Engagement.Kind(row.kind).label),
        "title": row.title,
        "day": spoken_day(row.held_on),
        "audience": row.audience or None,
        "reached": row.reached,
        "themes": row.themes or None,
        "address": row.link or None,
        "visible to": str(Access(row.access).label),
    }
