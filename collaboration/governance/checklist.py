"""What a decision must say before it is made: pure, so that the task list and the refusal cannot differ.

The implications follow the reports that the place's councils write (financial, legal, resources, parish and town
councils) and the three limbs of the public sector equality duty (Equality Act 2010, section 149(1)(a) to (c)). An empty
field is not "none": where there is nothing to say, that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

IMPLICATIONS: Final = {
    "financial": gettext_lazy("What it costs, and who pays"),
    "legal": gettext_lazy("What the law says"),
    "resources": gettext_lazy("People and other resources"),
    "parish": gettext_lazy("What it means for parish and town councils"),
    "equality_eliminate": gettext_lazy("Equality duty (a): eliminating discrimination, harassment and victimisation"),
    "equality_advance": gettext_lazy("Equality duty (b): advancing equality of opportunity"),
    "equality_foster": gettext_lazy("Equality duty (c): fostering good relations"),
}
"""Fields of implications, with what each is called on pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to be said. ``sentence`` tells what is missing; it is empty when nothing is."""

    field: str
    label: str
    sentence: str = ""

    @property
    def is_done(self) -> bool:
        return not self.sentence


def tasks(decision: Any) -> list[Task]:
    """Everything that ``decision`` must say, in the order of its page, done or not."""
    found = [
        _task("text", _("The decision in words"), decision.text, _("Say what is decided.")),
        _task("rationale", _("The reasons"), decision.rationale, _("Say why.")),
        Task(field="options", label=_("Options considered"), sentence=_options(decision.options)),
        Task(field="accords", label=_("Whether it accords with the strategy"), sentence=_accord(decision)),
    ]
    for name, label in IMPLICATIONS.items():
        empty = _("Say what it means, or “none”.")
        found.append(_task(name, str(label), getattr(decision, name), empty))
    return found


def missing(decision: Any) -> list[Task]:
    return [task for task in tasks(decision) if not task.is_done]


def _task(field: str, label: str, said: str, sentence: str) -> Task:
    return Task(field=field, label=label, sentence="" if said.strip() else sentence)


def _options(options: list[dict[str, Any]]) -> str:
    if options and not any(option.get("chosen") for option in options):
        return _("Say which of the options is chosen.")
    return ""


def _accord(decision: Any) -> str:
    if decision.accords == "accords":
        return ""
    if decision.accords == "contrary":
        return "" if decision.accords_reason.strip() else _("Say why it goes against the strategy.")
    return _("Say whether it is in accordance with the strategy or contrary to it.")
