"""Reading what is said of a partnership board: every field cleaned, everything wrong told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Choices
from django.utils.translation import gettext as _

from collaboration.governance.models import Access, PartnershipBoard
from collaboration.governance.queries import visible
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.accounts.models import Person
from groundwork.clock import today
from groundwork.directory.models import Area, Organisation, holding_on
from vision.frameworks.models import Element

MOST: Final = {"quorum_organisations": 200, "quorum_sectors": 50, "papers_days": 60}
MANY: Final = ("elements", "areas", "named")
"""Fields that hold several things."""


def clean(
    actor: Actor, fields: Mapping[str, Any], board: PartnershipBoard | None, problems: cleaning.Problems
) -> dict[str, Any]:
    """The given fields as they are kept; what is wrong with them goes to ``problems``.

    ``elements`` and ``areas`` are codes, ``named`` addresses of people with an account, ``lead`` and ``parent`` slugs.
    Raises :class:`TypeError` for a field that no board has: that is a mistake of the program.
    """
    texts = {
        "name": (_("The name"), 200, False, True),
        "abbreviation": (_("The abbreviation"), 30, False, False),
        "purpose": (_("The purpose"), 4000, True, False),
        "terms": (_("The terms of reference"), 20_000, True, False),
    }
    choices: dict[str, tuple[type[Choices], str]] = {
        "kind": (PartnershipBoard.Kind, _("What it is")),
        "access": (Access, _("Who can see it")),
        "deciding": (PartnershipBoard.Deciding, _("How it decides")),
    }
    days = {
        "starts_on": _("The day it begins"),
        "ends_on": _("The day it ends"),
        "terms_agreed_on": _("The day the terms were agreed"),
    }
    new: dict[str, Any] = {}
    for name, value in fields.items():
        if name in texts:
            label, longest, lines, required = texts[name]
            new[name] = cleaning.text(
                value, field=name, label=label, longest=longest, problems=problems, lines=lines, required=required
            )
        elif name in choices:
            offered, label = choices[name]
            new[name] = cleaning.choice(value, offered, field=name, label=label, problems=problems)
            if not new[name] and name not in problems.errors:
                problems.add(name, _("Choose one of those offered."))
        elif name in days:
            new[name] = cleaning.day(value, field=name, label=days[name], problems=problems)
        elif name in MOST:
            new[name] = _number(value, name, problems)
        elif name == "elements":
            new[name] = _elements(value, problems)
        elif name == "areas":
            new[name] = _areas(value, problems)
        elif name == "named":
            new[name] = _people(value, problems)
        elif name == "lead":
            # Of a board that came with the place it may not be stated; a board that has one is never left without.
            may_be_none = board is not None and board.lead_id is None and value in (None, "")
            new[name] = None if may_be_none else organisation(value, field=name, problems=problems)
        elif name == "parent":
            new[name] = _parent(actor, value, board, problems)
        else:
            raise TypeError(f"A board has no {name}.")
    _in_order(new, board, problems)
    return new


def organisation(value: Any, *, field: str, problems: cleaning.Problems) -> Organisation | None:
    """The organisation of a slug; one that is there today and speaks for itself."""
    slug = cleaning.text(value, field=field, label=_("The organisation"), longest=100, problems=problems)
    if not slug:
        if field not in problems.errors:
            problems.add(field, _("Choose an organisation."))
        return None
    found = Organisation.objects.filter(holding_on(today()), slug=slug).exclude(status="closed").first()
    if found is None:
        problems.add(field, _("Choose an organisation that is there today."))
    elif found.is_group:
        problems.add(field, _("This stands for several organisations. Choose one of them."))
        return None
    return found


def _number(value: Any, name: str, problems: cleaning.Problems) -> int:
    if value in (None, ""):
        return 0
    try:
        number = int(str(value).strip())
    except ValueError:
        number = -1
    if not 0 <= number <= MOST[name]:
        problems.add(name, _("Enter a whole number from 0 to %(most)s.") % {"most": MOST[name]})
        return 0
    return number


def _elements(value: Any, problems: cleaning.Problems) -> list[Element]:
    codes = cleaning.codes(value, field="elements", label=_("What it serves"), problems=problems, most=30)
    found = {each.code: each for each in Element.objects.filter(code__in=codes)}
    if unknown := cleaning.unknown(codes, found):
        problems.add("elements", _("There is no element with the code %(code)s.") % {"code": ", ".join(unknown)})
    return [found[code] for code in codes if code in found]


def _areas(value: Any, problems: cleaning.Problems) -> list[Area]:
    codes = cleaning.codes(value, field="areas", label=_("The areas"), problems=problems, most=100)
    found = {each.code: each for each in Area.objects.filter(code__in=codes)}
    if unknown := cleaning.unknown(codes, found):
        problems.add("areas", _("There is no area with the code %(code)s.") % {"code": ", ".join(unknown)})
    return [found[code] for code in codes if code in found]


def _people(value: Any, problems: cleaning.Problems) -> list[Person]:
    emails = [
        each.lower()
        for each in cleaning.codes(value, field="named", label=_("Named people"), problems=problems, most=50)
    ]
    found = {each.email.lower(): each for each in Person.objects.filter(email__in=emails, is_active=True)}
    if unknown := cleaning.unknown(emails, found):
        problems.add(
            "named", _("Nobody with an account here has the address %(address)s.") % {"address": ", ".join(unknown)}
        )
    return [found[each] for each in emails if each in found]


def _parent(
    actor: Actor, value: Any, board: PartnershipBoard | None, problems: cleaning.Problems
) -> PartnershipBoard | None:
    slug = cleaning.text(value, field="parent", label=_("The board it reports to"), longest=100, problems=problems)
    if not slug:
        return None
    found = visible.boards(actor).filter(slug=slug).exclude(status=PartnershipBoard.Status.CLOSED).first()
    if found is None:
        problems.add("parent", _("Choose a board that goes on."))
        return None
    above: PartnershipBoard | None = found
    for _step in range(20):
        if above is None:
            return found
        if board is not None and above.pk == board.pk:
            break
        above = above.parent
    problems.add("parent", _("A board cannot report to itself, or to one that reports to it."))
    return None


def _in_order(new: Mapping[str, Any], board: PartnershipBoard | None, problems: cleaning.Problems) -> None:
    if problems.errors.keys() & {"starts_on", "ends_on"}:
        return
    starts = new.get("starts_on", board.starts_on if board else None)
    ends = new.get("ends_on", board.ends_on if board else None)
    if starts and ends and ends <= starts and new.keys() & {"starts_on", "ends_on"}:
        problems.add("ends_on", _("It must end after it begins."))
