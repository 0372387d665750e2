"""What a record still needs before it can be published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from collaboration.initiatives.models import Alignment, Initiative, Partner, Visibility
from groundwork.access.errors import Invalid
from vision.frameworks.models import Framework

Status = Literal["not_started", "in_progress", "needs_information", "completed"]

MAIN_STRANDS = 3


@dataclass(frozen=True, kw_only=True)
class Section:
    """One task of the task list.

    ``missing`` are sentences about what publishing needs; ``suggested`` about what readers would like to know. A
    section is ``needs_information`` when it was begun and something needed is missing, ``in_progress`` when only
    suggestions are left, and ``not_started`` while nothing is in it.
    """

    key: str
    title: str
    status: Status
    missing: list[str]
    suggested: list[str]
    is_optional: bool


@dataclass(frozen=True)
class Facts:
    """Everything the sections ask about."""

    initiative: Initiative
    alignments: Sequence[Alignment]
    partners: Sequence[Partner]
    """Those that are named now, whether or not they have answered."""
    has_areas: bool
    has_funding: bool

    @classmethod
    def read(cls, initiative: Initiative) -> Facts:
        """As the database has them (four queries)."""
        return cls(
            initiative=initiative,
            alignments=list(initiative.alignments.select_related("element__framework")),
            partners=list(initiative.partners.filter(valid_to=None)),
            has_areas=initiative.areas.exists(),
            has_funding=initiative.funding.exists(),
        )

    @property
    def main(self) -> list[Alignment]:
        return [a for a in self.alignments if a.is_main]

    @property
    def blocks(self) -> list[Alignment]:
        return [a for a in self.alignments if a.element.framework.part == Framework.Part.BUILDING_BLOCKS]

    @property
    def principles(self) -> list[Alignment]:
        return [a for a in self.alignments if a.element.kind == "principle"]

    @property
    def others(self) -> list[Partner]:
        """The partners besides the owner that have not declined."""
        return [
            p
            for p in self.partners
            if p.confirmation != Partner.Confirmation.DECLINED and p.organisation_id != self.initiative.owner_id
        ]


def completeness(of: Initiative | Facts) -> list[Section]:
    """The sections of the task list in order, each with what is missing. Four queries, none for facts read before."""
    facts = of if isinstance(of, Facts) else Facts.read(of)
    return [
        _about(facts),
        _alignment(facts),
        _places(facts),
        _partners(facts),
        _participation(facts),
        _funding(facts),
        _contact(facts),
    ]


def missing(of: Initiative | Facts) -> list[str]:
    """Every sentence that keeps the record from being published."""
    return [sentence for section in completeness(of) for sentence in section.missing]


def still_complete(initiative: Initiative, section: str) -> None:
    """Raise :class:`Invalid` when a published record would lose what publishing needed.

    What came with the place may be silent where its source is: it is never held to this.
    """
    if not initiative.is_published or initiative.owner_id is None:
        return
    gone = next(s.missing for s in completeness(initiative) if s.key == section)
    if gone:
        raise Invalid({"": [_("This initiative is published, so this cannot be left out."), *gone]})


def _section(
    key: str, title: str, *, begun: bool, missing: list[str], suggested: list[str], optional: bool = False
) -> Section:
    status: Status
    if not begun:
        status = "not_started"
    elif missing:
        status = "needs_information"
    elif suggested:
        status = "in_progress"
    else:
        status = "completed"
    return Section(key=key, title=title, status=status, missing=missing, suggested=suggested, is_optional=optional)


def _about(facts: Facts) -> Section:
    one = facts.initiative
    lacking = []
    if not one.summary:
        lacking.append(_("Say in a few plain sentences what it is."))
    if not one.stage:
        lacking.append(_("Choose the stage it is at."))
    suggested = [] if one.difference else [_("Say what difference it should make.")]
    begun = bool(one.summary or one.stage or one.difference or one.starts_on or one.ends_on)
    return _section("about", _("What it is"), begun=begun, missing=lacking, suggested=suggested)


def _alignment(facts: Facts) -> Section:
    lacking = []
    if not facts.main:
        lacking.append(_("Choose one to three main strands of the vision."))
    lacking += [
        _("Say in one sentence what it adds to “%(strand)s”.") % {"strand": a.element.label}
        for a in facts.main
        if not a.contribution
    ]
    suggested = [] if facts.blocks else [_("Choose the building blocks it strengthens.")]
    aligned = len(facts.alignments) > len(facts.principles)
    return _section("alignment", _("What it contributes to"), begun=aligned, missing=lacking, suggested=suggested)


def _places(facts: Facts) -> Section:
    lacking = [] if facts.has_areas else [_("Choose at least one area where it happens.")]
    suggested = [] if facts.initiative.scale else [_("Choose the scale it works at.")]
    begun = facts.has_areas or bool(facts.initiative.scale)
    return _section("places", _("Where it happens"), begun=begun, missing=lacking, suggested=suggested)


def _partners(facts: Facts) -> Section:
    lacking = [] if facts.initiative.lead_id else [_("Choose the organisation that leads it.")]
    suggested = [] if facts.others else [_("Name the partners, so that they can confirm.")]
    begun = bool(facts.initiative.lead_id or facts.others)
    return _section("partners", _("Who is in it"), begun=begun, missing=lacking, suggested=suggested)


def _participation(facts: Facts) -> Section:
    suggested = [] if facts.initiative.participation else [_("Say how people take part in it.")]
    begun = bool(facts.initiative.participation or facts.principles)
    return _section(
        "participation", _("How people take part"), begun=begun, missing=[], suggested=suggested, optional=True
    )


def _funding(facts: Facts) -> Section:
    return _section("funding", _("Funding"), begun=facts.has_funding, missing=[], suggested=[], optional=True)


def _contact(facts: Facts) -> Section:
    one = facts.initiative
    lacking = [] if one.contact_role else [_("Say whom to contact: a role, not a name.")]
    suggested = [] if one.contact_email else [_("Give an email address of that role.")]
    begun = bool(one.contact_role or one.contact_email or one.intended_visibility != Visibility.PUBLIC)
    return _section("contact", _("Contact and who can see it"), begun=begun, missing=lacking, suggested=suggested)
