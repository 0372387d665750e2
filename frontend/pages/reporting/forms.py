"""What a facilitator says when something is made of what was said."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from frontend import forms
from frontend.pages.acting.forms import VISIBILITY

KINDS: tuple[tuple[str, Any, Any], ...] = (
    ("action", _("An action"), _("Somebody is asked to do it, and it is on their list once they accept.")),
    (
        "initiative",
        _("The draft of an initiative"),
        _("Your organisation keeps the draft and publishes it when ready."),
    ),
    ("learning", _("A learning note"), _("What others can use; shown on an initiative if you name one.")),
    ("principle", _("An operating principle"), _("How partners want to work together.")),
    ("measure", _("An idea for a measure"), _("How one could tell that something gets better.")),
    ("risk", _("A risk"), _("What could go wrong.")),
)


class KindForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What does it become?"),
        choices=[(key, words) for key, words, _hint in KINDS],
        widget=forms.Radios(hints={key: hint for key, _words, hint in KINDS}),
    )


class OutcomeForm(forms.Form):
    """A principle, a measure, a risk: a title and, if wanted, more."""

    title = forms.CharField(label=_("In a sentence"), max_length=500)
    text = forms.LongTextField(label=_("More about it"), max_length=4000, rows=5, required=False)


class LearningForm(OutcomeForm):
    text = forms.LongTextField(label=_("What was learned"), max_length=2000, rows=5, required=False)
    initiative = forms.ChoiceField(
        label=_("In which initiative was it learned?"), choices=[], required=False, help_text=_("It is shown there.")
    )

    def __init__(self, *args: Any, initiatives: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, initiatives)


class InitiativeForm(OutcomeForm):
    title = forms.CharField(label=_("What is it called?"), max_length=200)
    text = forms.LongTextField(label=_("What do partners do together?"), max_length=4000, rows=6, required=False)


class ActionForm(forms.Form):
    title = forms.CharField(label=_("What is to be done?"), max_length=500)
    text = forms.LongTextField(label=_("What else should they know?"), max_length=4000, rows=4, required=False)
    due_on = forms.DateField(label=_("By when?"), what=_("The day it is due"), required=False)
    ask = forms.ChoiceField(label=_("Who is asked?"), choices=[], widget=forms.Radios)
    participant = forms.ChoiceField(
        label=_("Which of those who took part?"),
        help_text=_("People with an account. What others left is for sending them the report alone."),
        choices=[],
        required=False,
    )
    email = forms.EmailField(
        label=_("Email address of whoever is asked"),
        help_text=_("Your own, if you do it yourself."),
        max_length=254,
        required=False,
        widget=forms.TextInput({"type": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Their name"), max_length=120, required=False)
    visibility = forms.ChoiceField(label=_("Who can see the action?"), choices=VISIBILITY, widget=forms.Radios)
    initiative = forms.ChoiceField(label=_("Which initiative does it belong to?"), choices=[], required=False)

    def __init__(
        self, *args: Any, claimant: str, people: Any, seen_by: Any, is_guest: bool, initiatives: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        by_mail = _("Somebody else, by email") if claimant or people else _("Somebody, by email")
        choices: list[tuple[str, Any]] = [("address", by_mail), ("nobody", _("Nobody yet"))]
        if people:
            choices.insert(0, ("participant", _("Somebody who took part")))
            self.fields["participant"].choices = [("", _("Choose a name")), *people]  # type: ignore[attr-defined]
        else:
            del self.fields["participant"]
        if is_guest:
            self.fields["email"].help_text = _("Of somebody who takes part in the workshop or was invited to it.")
        self.fields["visibility"].choices = [  # type: ignore[attr-defined]
            (key, words) for key, words in VISIBILITY if key in seen_by
        ]
        if claimant:
            choices.insert(0, ("claimant", _("%(name)s, who claimed it") % {"name": claimant}))
        self.fields["ask"].choices = choices  # type: ignore[attr-defined]
        _offer(self, initiatives)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ask") == "address" and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter the address of whoever is asked, or choose “Nobody yet”."))
        if cleaned.get("ask") == "participant" and not cleaned.get("participant") and "participant" not in self.errors:
            self.add_error("participant", _("Choose who is asked, or choose “Nobody yet”."))
        return cleaned


def _offer(form: forms.Form, initiatives: Any) -> None:
    if initiatives:
        offered = [(each.reference, f"{each.title} ({each.reference})") for each in initiatives]
        form.fields["initiative"].choices = [("", _("None")), *offered]  # type: ignore[attr-defined]
    else:
        del form.fields["initiative"]
