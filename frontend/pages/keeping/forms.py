"""What people say about an initiative after it is registered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from frontend import forms


class JoinForm(forms.Form):
    message = forms.LongTextField(
        label=_("What could your organisation bring, or what does it hope for?"),
        max_length=1000,
        rows=4,
        required=False,
    )


class UpdateForm(forms.Form):
    health = forms.ChoiceField(
        label=_("How is it going?"),
        choices=[("on_track", _("On track")), ("some_concerns", _("Some concerns")), ("off_track", _("Off track"))],
        widget=forms.Radios,
        required=False,
    )
    body = forms.LongTextField(
        label=_("What happened since the last update?"),
        help_text=_("Two or three sentences. Say what you would tell a partner on the telephone."),
        max_length=2000,
        rows=5,
        required=False,
    )
    still_accurate = forms.BooleanField(
        label=_("Everything else on the page is still accurate"), required=False, initial=True
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "no_change" not in self.data and not cleaned.get("body") and "body" not in self.errors:
            self.add_error("body", _("Write what happened, or choose “Nothing has changed”."))
        return cleaned


class LearningForm(forms.Form):
    body = forms.LongTextField(label=_("What have you learned that others could use?"), max_length=2000, rows=5)


class AskOrOfferForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Is it an ask or an offer?"),
        choices=[("ask", _("Ask: we need something")), ("offer", _("Offer: we can give something"))],
        widget=forms.Radios,
    )
    body = forms.LongTextField(label=_("What is it?"), max_length=1000, rows=4)


class ChallengeForm(forms.Form):
    body = forms.LongTextField(
        label=_("What do you question, and why?"),
        help_text=_("Your challenge and the response are shown on the page to everybody who can see it."),
        max_length=2000,
        rows=5,
    )


class ResponseForm(forms.Form):
    response = forms.LongTextField(label=_("Your response"), max_length=2000, rows=5)


class ProblemForm(forms.Form):
    body = forms.LongTextField(label=_("What is wrong with this page?"), max_length=2000, rows=5)
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_(
            "Only if you want an answer. It is seen by those who keep this page, not shown, and removed after a year."
        ),
        required=False,
        max_length=254,
        widget=forms.TextInput({"type": "email", "autocomplete": "email"}),
    )
    # A box that people do not see and simple robots fill in. Whoever fills it in is thanked and not heard.
    website = forms.CharField(label=_("Leave this empty"), required=False)


class ReasonForm(forms.Form):
    reason = forms.LongTextField(label=_("Why?"), max_length=500, rows=3)


class AnswerForm(forms.Form):
    """Yes, or no with a reason."""

    answer = forms.ChoiceField(label=_("Your answer"), choices=[], widget=forms.Radios)
    reason = forms.LongTextField(
        label=_("If not, why?"),
        help_text=_("They read this; nobody else does."),
        max_length=500,
        rows=3,
        required=False,
    )

    def __init__(self, *args: Any, yes: Any, no: Any, reason_needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason_needed = reason_needed
        self.fields["answer"].choices = [("yes", yes), ("no", no)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.reason_needed and cleaned.get("answer") == "no" and not cleaned.get("reason"):
            self.add_error("reason", _("Say in a sentence why not, so that they can put it right."))
        return cleaned

    @property
    def is_yes(self) -> bool:
        return bool(self.cleaned_data["answer"] == "yes")


class MergeForm(forms.Form):
    into = forms.CharField(
        label=_("Reference of the initiative that stays"), max_length=20, widget=forms.TextInput(width=10)
    )


class ExemplarForm(forms.Form):
    reason = forms.LongTextField(label=_("What can others learn from it?"), max_length=500, rows=3, required=False)


class NominateForm(forms.Form):
    title = forms.CharField(label=_("What is it called, or what would you call it?"), max_length=200)
    what = forms.LongTextField(label=_("What do they do together?"), max_length=2000, rows=5)
    who = forms.CharField(label=_("Who is part of it, as far as you know?"), max_length=500, required=False)
    area = forms.ChoiceField(label=_("Where?"), choices=[], required=False)
    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("Only if we may ask you about it. It is not shown and is removed after a year."),
        required=False,
        max_length=254,
        widget=forms.TextInput({"type": "email", "autocomplete": "email"}),
    )
    website = forms.CharField(label=_("Leave this empty"), required=False)

    def __init__(self, *args: Any, areas: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("Not sure")), *((a.code, a.name) for a in areas)]  # type: ignore[attr-defined]
