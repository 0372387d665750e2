"""What people say about decisions. The forms check shape; what may be said is decided by the services."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from collaboration.governance.checklist import IMPLICATIONS
from collaboration.governance.queries.decisions import DecisionFilters, boards_that_decided, years_of_decisions
from collaboration.governance.services import decision_words as words
from frontend import forms
from groundwork.access.actors import Actor
from groundwork.directory.queries import find_organisation
from vision.frameworks.queries import ambitions

__all__ = ["ChangesForm", "DecisionForm", "DeclareForm", "FilterForm", "MakeForm", "ReasonForm", "ReviewForm"]

CHOICES = [("for", _("For")), ("against", _("Against")), ("abstain", _("Abstain"))]
KINDS = [
    ("pecuniary", _("A financial interest")),
    ("other", _("Another registered interest")),
    ("personal", _("A personal interest")),
]
LEVELS = [
    ("public", _("Everyone")),
    ("partners", _("Partners of the place")),
    ("board", _("This board")),
    ("named", _("Named people")),
]
NONE_SAID = _("If there is nothing to say, write “none”. A decision cannot be made while this is empty.")
OPTION_ROWS = 4


class FilterForm(forms.Form):
    """What the register shows. It is never checked: the list reads the address, and says what it could not read."""

    marks_optional = False

    q = forms.CharField(label=_("Words"), max_length=100, required=False, widget=forms.SearchInput())
    board = forms.ChoiceField(label=_("Board"), required=False)
    ambition = forms.ChoiceField(label=_("Ambition"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    status = forms.ChoiceField(label=_("State"), required=False)
    contrary = forms.ChoiceField(
        label=_("The strategy"),
        choices=[("", _("Any")), ("yes", _("Contrary to the strategy"))],
        required=False,
    )
    organisation = forms.CharField(
        label=_("Organisation"),
        help_text=_("Its whole name. It sits on the board, or the decision changes something about it."),
        max_length=200,
        required=False,
    )

    def __init__(self, *, actor: Actor, filters: DecisionFilters) -> None:
        said = filters.asked()
        if (organisation := find_organisation(filters.organisation) if filters.organisation else None) is not None:
            said["organisation"] = organisation.name
        super().__init__(initial=said)
        any_of = [("", _("Any"))]
        boards = boards_that_decided(actor)
        self._offer("board", any_of + [(each.slug, each.name) for each in boards])
        self._offer("ambition", any_of + [(each.code, each.display_title) for each in ambitions()])
        self._offer("year", any_of + [(str(each), str(each)) for each in years_of_decisions(actor)])
        self._offer("status", any_of + list(DecisionFilters.STATUSES.items()))

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class DecisionForm(forms.Form):
    """Everything a decision says. ``said`` gives it as the services take it."""

    title = forms.CharField(label=_("Title"), max_length=words.LONGEST_TITLE)
    text = forms.LongTextField(label=_("What is decided?"), max_length=words.LONGEST_TEXT)
    rationale = forms.LongTextField(label=_("Why?"), max_length=words.LONGEST_TEXT, required=False)
    how = forms.ChoiceField(
        label=_("How is it decided?"),
        choices=[("consensus", _("By consensus")), ("vote", _("By vote"))],
        widget=forms.Radios(
            hints={
                "consensus": _("At least one organisation is for it and none is against it."),
                "vote": _("More organisations are for it than against it."),
            }
        ),
    )
    elements = forms.MultipleChoiceField(
        label=_("Which ambitions is it about?"), required=False, widget=forms.Checkboxes
    )
    accords = forms.ChoiceField(
        label=_("Does it accord with the strategy?"),
        choices=[
            ("", _("Not stated yet")),
            ("accords", _("It is in accordance with the strategy")),
            ("contrary", _("It is contrary to the strategy")),
            ("unsure", _("It is not certain")),
        ],
        required=False,
        widget=forms.Radios(
            hints={"contrary": _("It is marked wherever it is shown, and those who keep the strategy are told.")}
        ),
    )
    accords_reason = forms.LongTextField(
        label=_("Why, if it is contrary?"), max_length=words.LONGEST_IMPLICATION, rows=3, required=False
    )
    review_on = forms.DateField(label=_("When is it looked at again?"), what=_("The day of the review"), required=False)
    access = forms.ChoiceField(
        label=_("Who sees it once it is made?"),
        help_text=_("Until then the board alone. It is never shown to more people than the item it is taken under."),
        choices=LEVELS,
        widget=forms.Radios,
    )

    def __init__(self, data: Any = None, *, decision: Any = None, board: Any = None, widest: str = "") -> None:
        super().__init__(data, initial=_initial(decision, board, widest))
        for name, label in IMPLICATIONS.items():
            self.fields[name] = forms.LongTextField(
                label=label, help_text=NONE_SAID, max_length=words.LONGEST_IMPLICATION, rows=3, required=False
            )
        for number in range(1, OPTION_ROWS + 1):
            self.fields[f"option_{number}_title"] = forms.CharField(
                label=_("Option %d") % number, max_length=words.LONGEST_TITLE, required=False
            )
            self.fields[f"option_{number}_text"] = forms.LongTextField(
                label=_("What option %d means") % number, max_length=1000, rows=2, required=False
            )
        self.fields["chosen"] = forms.ChoiceField(
            label=_("Which option is chosen?"),
            choices=[("", _("None of them yet")), *((str(n), _("Option %d") % n) for n in range(1, OPTION_ROWS + 1))],
            required=False,
            widget=forms.Radios(inline=True, small=True),
        )
        field: Any = self.fields["elements"]
        offered = {each.code: each.display_title for each in ambitions()}
        if decision is not None:
            offered |= {each.code: each.display_title for each in decision.elements.all()}
        field.choices = list(offered.items())
        order = ["title", "text", "rationale", *self._option_names(), "how", "elements", "accords", "accords_reason"]
        self.order_fields([*order, *IMPLICATIONS, "review_on", "access"])
        if decision is not None and decision.pk:
            self._fill(decision)

    @staticmethod
    def _option_names() -> list[str]:
        names = [f"option_{n}_{part}" for n in range(1, OPTION_ROWS + 1) for part in ("title", "text")]
        return [*names, "chosen"]

    def _fill(self, decision: Any) -> None:
        for number, option in enumerate(decision.options[:OPTION_ROWS], start=1):
            self.initial[f"option_{number}_title"] = option["title"]
            self.initial[f"option_{number}_text"] = option["text"]
            if option.get("chosen"):
                self.initial["chosen"] = str(number)
        self.initial["elements"] = [each.code for each in decision.elements.all()]

    def said(self) -> dict[str, Any]:
        """What was typed, with the options put together."""
        given = dict(self.cleaned_data)
        chosen = given.pop("chosen")
        options = []
        for number in range(1, OPTION_ROWS + 1):
            title, text = given.pop(f"option_{number}_title"), given.pop(f"option_{number}_text")
            if title or text or chosen == str(number):
                options.append({"title": title, "text": text, "chosen": chosen == str(number)})
        return {**given, "options": options}


def _initial(decision: Any, board: Any, widest: str) -> dict[str, Any]:
    if decision is None:
        return {"how": board.deciding if board else "consensus", "access": widest}
    plain = ("title", "text", "rationale", "how", "accords", "accords_reason", "review_on", "access", *IMPLICATIONS)
    return {name: getattr(decision, name) for name in plain}


class VoiceForm(forms.Form):
    choice = forms.ChoiceField(label=_("What does your organisation say?"), choices=CHOICES, widget=forms.Radios)
    reason = forms.CharField(label=_("Why?"), max_length=500, required=False)


class RoomForm(forms.Form):
    """What each organisation with a vote says in the room; those not heard are left as they are."""

    marks_optional = False

    def __init__(self, data: Any = None, *, organisations: list[Any], said: dict[int, str]) -> None:
        super().__init__(data, initial={f"org_{pk}": choice for pk, choice in said.items()})
        for each in organisations:
            self.fields[f"org_{each.pk}"] = forms.ChoiceField(
                label=each.name,
                choices=[*CHOICES, ("", _("Not heard"))],
                required=False,
                widget=forms.Radios(inline=True, small=True),
            )

    def said(self) -> dict[int, str]:
        return {int(name.removeprefix("org_")): choice for name, choice in self.cleaned_data.items() if choice}


class MakeForm(forms.Form):
    decided_on = forms.DateField(
        label=_("On which day was it decided?"), what=_("The day of the decision"), required=False
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why?"), max_length=500, required=False)


class ReviewForm(forms.Form):
    note = forms.CharField(label=_("What did you find?"), max_length=500, required=False)
    next_on = forms.DateField(label=_("When is it looked at again?"), what=_("The next review"), required=False)


class DeclareForm(forms.Form):
    kind = forms.ChoiceField(label=_("What kind of interest?"), choices=KINDS, widget=forms.Radios)
    text = forms.LongTextField(
        label=_("The interest in words"),
        help_text=_("It is shown in the register of interests and in the minutes to those who see the decision."),
        max_length=1000,
        rows=3,
    )
    leaves = forms.BooleanField(label=_("I leave the room while it is taken"), required=False, initial=True)


class DeclareForAnotherForm(DeclareForm):
    person = forms.ChoiceField(label=_("Who declares it?"))

    def __init__(self, data: Any = None, *, people: list[tuple[str, str]]) -> None:
        super().__init__(data)
        field: Any = self.fields["person"]
        field.choices = [("", _("Choose somebody")), *people]
        self.fields["leaves"].label = _("They leave the room while it is taken")
        self.order_fields(["person"])


class ChangesForm(forms.Form):
    what = forms.CharField(
        label=_("What does it change?"), help_text=_("In words: starts, stops, pays for, renames."), max_length=300
    )
    initiative = forms.CharField(label=_("An initiative, by reference"), max_length=20, required=False)
    element = forms.CharField(label=_("Something a framework says, by code or title"), max_length=300, required=False)
    board = forms.CharField(label=_("Another board, by the name in its address"), max_length=100, required=False)
    organisation = forms.CharField(label=_("An organisation, by name"), max_length=200, required=False)
