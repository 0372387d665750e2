"""What a decision says, cleaned: one way in for pages, meetings and imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.models import Access, Decision, PartnershipBoard
from collaboration.initiatives.services import cleaning
from groundwork.access.errors import Invalid
from vision.frameworks.models import Element
from vision.frameworks.queries import elements_by_code

LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 4000
LONGEST_IMPLICATION: Final = 2000
MOST_OPTIONS: Final = 6
MOST_ELEMENTS: Final = 20
_WIDTH = list(Access.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``access`` empty: as wide as it may be. ``options``: title, text and whether chosen, of each."""

    title: str
    text: str
    rationale: str = ""
    options: list[dict[str, Any]] = field(default_factory=list)
    how: str = ""
    access: str = ""
    review_on: date | None = None
    accords: str = ""
    accords_reason: str = ""
    elements: list[Element] = field(default_factory=list)
    financial: str = ""
    legal: str = ""
    resources: str = ""
    parish: str = ""
    equality_eliminate: str = ""
    equality_advance: str = ""
    equality_foster: str = ""

    @classmethod
    def of(cls, decision: Decision) -> Said:
        plain = {each.name: getattr(decision, each.name) for each in fields(cls) if each.name != "elements"}
        return cls(**plain, elements=list(decision.elements.order_by("framework__order", "order")))

    def given(self) -> dict[str, Any]:
        """As :func:`clean` takes it."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**named, "elements": [each.code for each in self.elements]}


def clean(*, title: Any, text: Any, **given: Any) -> Said:
    """What somebody typed, as a decision keeps it. Raises :class:`Invalid` with sentences by field."""
    unknown = given.keys() - {each.name for each in fields(Said)}
    if unknown:
        raise TypeError(f"A decision has no {', '.join(sorted(unknown))}.")
    problems = cleaning.Problems()

    def long(name: str, label: str, longest: int = LONGEST_TEXT) -> str:
        return cleaning.text(
            given.get(name, ""), field=name, label=label, longest=longest, problems=problems, lines=True
        )

    said: dict[str, Any] = {
        "title": cleaning.text(
            title, field="title", label=_("The title"), longest=LONGEST_TITLE, problems=problems, required=True
        ),
        "text": cleaning.text(
            text,
            field="text",
            label=_("What is decided"),
            longest=LONGEST_TEXT,
            problems=problems,
            required=True,
            lines=True,
        ),
        "rationale": long("rationale", _("The reasons")),
        "options": _options(given.get("options") or [], problems),
        "review_on": cleaning.day(
            given.get("review_on"), field="review_on", label=_("The day of the review"), problems=problems
        ),
        "accords_reason": long("accords_reason", _("The reason"), LONGEST_IMPLICATION),
        "elements": _elements(given.get("elements") or [], problems),
    }
    for name, choices, label in (
        ("how", PartnershipBoard.Deciding, _("How it is decided")),
        ("access", Access, _("Who sees it")),
        ("accords", Decision.Accord, _("Whether it accords with the strategy")),
    ):
        said[name] = cleaning.choice(given.get(name, ""), choices, field=name, label=label, problems=problems)
    for name, called in IMPLICATIONS.items():
        said[name] = long(name, str(called), LONGEST_IMPLICATION)
    problems.raise_if_any()
    return Said(**said)


def put(row: Decision, said: Said, *, limit: str) -> None:
    """Set the fields of ``row``, without saving it. Raises :class:`Invalid` for a level wider than ``limit``."""
    access = said.access or row.access
    if _WIDTH.index(access) < _WIDTH.index(limit):
        label = str(Access(limit).label)
        raise Invalid({"access": [_("It cannot be shown to more people than where it is taken: %s.") % label]})
    for each in fields(said):
        if each.name not in ("elements", "how", "access"):
            setattr(row, each.name, getattr(said, each.name))
    row.access = access
    row.how = said.how or row.how


def readable(row: Decision, *, elements: Sequence[Element] | None = None) -> dict[str, Any]:
    """Its words as the history tells them."""
    said = elements if elements is not None else row.elements.order_by("framework__order", "order")
    found: dict[str, Any] = {
        "title": row.title,
        "text": row.text,
        "rationale": row.rationale or None,
        "options": [_option_words(option) for option in row.options] or None,
        "how": str(PartnershipBoard.Deciding(row.how).label),
        "visible to": str(Access(row.access).label),
        "review": date_format(row.review_on, "j F Y") if row.review_on else None,
        "accords": str(Decision.Accord(row.accords).label),
        "accords_reason": row.accords_reason or None,
        "elements": [each.code for each in said] or None,
    }
    return found | {name: getattr(row, name) or None for name in IMPLICATIONS}


def _option_words(option: dict[str, Any]) -> str:
    return _("%(title)s (chosen)") % option if option.get("chosen") else str(option["title"])


def _options(given: Any, problems: cleaning.Problems) -> list[dict[str, Any]]:
    if not cleaning.is_list(given) or not all(isinstance(each, dict) for each in given):
        problems.add("options", _("The options must be a list."))
        return []
    kept: list[dict[str, Any]] = []
    for number, each in enumerate(given, start=1):
        title = cleaning.text(
            each.get("title", ""),
            field=f"option_{number}_title",
            label=_("The option"),
            longest=LONGEST_TITLE,
            problems=problems,
        )
        text = cleaning.text(
            each.get("text", ""),
            field=f"option_{number}_text",
            label=_("What the option means"),
            longest=1000,
            problems=problems,
            lines=True,
        )
        if text and not title:
            problems.add(f"option_{number}_title", _("Give the option a title."))
        if title:
            kept.append({"title": title, "text": text, "chosen": bool(each.get("chosen"))})
    if len(kept) > MOST_OPTIONS:
        problems.add("options", _("No more than %d options.") % MOST_OPTIONS)
    if sum(each["chosen"] for each in kept) > 1:
        problems.add("options", _("Only one of the options can be chosen."))
    return kept


def _elements(given: Any, problems: cleaning.Problems) -> list[Element]:
    codes = cleaning.codes(given, field="elements", label=_("The ambitions"), problems=problems, most=MOST_ELEMENTS)
    found = elements_by_code(codes)
    for code in cleaning.unknown(codes, found):
        problems.add("elements", _("There is nothing with the code “%(code)s”.") % {"code": code})
    return [found[code] for code in codes if code in found]
