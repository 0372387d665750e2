"""The forms of following."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.finding import Choices, Filters, choices
from frontend import forms
from frontend.pages.following.words import TOPICS, WEEKDAYS, hour_words
from notifications.queries.follows import Shown
from notifications.services.subscribing import Hours

WEEKLY_OR_MONTHLY = (("weekly", gettext_lazy("Each week")), ("monthly", gettext_lazy("Each month")))
HOW_SOON = (
    ("at_once", gettext_lazy("At once")),
    ("daily", gettext_lazy("Each day")),
    *WEEKLY_OR_MONTHLY,
    ("never", gettext_lazy("Never")),
)
NO_ADDRESS = gettext_lazy("Enter an email address in the correct format, like name@example.com")
BY_ADDRESS = (*WEEKLY_OR_MONTHLY, ("never", gettext_lazy("Never")))


class FollowForm(forms.Form):
    """What to follow: ambitions, in one area or anywhere, and perhaps the view somebody came from.

    With ``by_address`` it asks for an email address: its reader has no account.
    """

    marks_optional = False
    ambitions = forms.MultipleChoiceField(
        label=gettext_lazy("Ambitions"),
        help_text=gettext_lazy("Choose any. Leave all empty to follow everything in one area."),
        required=False,
        widget=forms.Checkboxes,
    )
    area = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    frequency = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=WEEKLY_OR_MONTHLY,
        widget=forms.Radios,
        error_messages={"required": gettext_lazy("Choose how often you want an email")},
    )
    email = forms.CharField(
        label=gettext_lazy("Your email address"),
        help_text=gettext_lazy("We send one message to it, and nothing more until you have said yes in it."),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": NO_ADDRESS},
    )

    def __init__(self, *args: Any, by_address: bool, view: Shown | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: Choices = choices()
        self.view = view
        ambitions = [(each.code, each.title) for each in known.ambitions if not each.withdrawn]
        self.fields["ambitions"].choices = ambitions  # type: ignore[attr-defined]
        areas = [(each.code, each.title) for each in known.areas if not each.withdrawn]
        self.fields["area"].choices = [("", _("Anywhere")), *areas]  # type: ignore[attr-defined]
        if not by_address:
            del self.fields["email"]
            self.fields["frequency"].choices = HOW_SOON[:-1]  # type: ignore[attr-defined]
        if view is not None:
            this: Any = forms.BooleanField(label=view.title, required=False, initial=True)
            self.fields = {"this": this, **self.fields}

    def queries(self) -> list[str]:
        """What was chosen, as canonical lines."""
        said = self.cleaned_data
        found = [self.view.query] if self.view is not None and said.get("this") else []
        for code in said["ambitions"] or ([""] if said["area"] else []):
            found.append(Filters(ambition=code, area=said["area"]).as_query())
        return found


class LinkForm(forms.Form):
    email = forms.CharField(
        label=gettext_lazy("Your email address"),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": NO_ADDRESS},
    )


class AddressForm(forms.Form):
    """An address that is to stand for an organisation without accounts."""

    email = forms.CharField(
        label=gettext_lazy("Email address"),
        help_text=gettext_lazy("An inbox that somebody there reads, like office@example.org"),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": NO_ADDRESS},
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=WEEKLY_OR_MONTHLY, widget=forms.Radios, initial="weekly"
    )


class FirstForm(forms.Form):
    """Asked once of a partner who was never asked: do they want the weekly digest?"""

    wanted = forms.ChoiceField(
        label=gettext_lazy("Do you want one email each week?"),
        choices=(("yes", gettext_lazy("Yes, each week")), ("no", gettext_lazy("No, thank you"))),
        widget=forms.Radios,
        error_messages={"required": gettext_lazy("Choose whether you want it")},
    )


class HoursForm(forms.Form):
    """Frequencies of what is followed, and when mail comes. Fields are made from what there is."""

    marks_optional = False
    how_soon: Sequence[tuple[str, Any]] = BY_ADDRESS

    def __init__(self, *args: Any, follows: Sequence[Shown], hours: Hours, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.follows, self.hours = follows, hours
        for each in follows:
            offered = list(self.how_soon)
            if each.frequency not in dict(offered):
                # What this page does not offer stays what it is, unless something else is chosen.
                offered.insert(0, (each.frequency, each.frequency_label))
            self.fields[f"follow-{each.id}"] = forms.ChoiceField(
                label=each.title, choices=offered, initial=each.frequency
            )
        self.fields["weekday"] = _number(_("Day of weekly emails"), list(enumerate(WEEKDAYS)), hours.weekday)
        self.fields["hour"] = _number(_("Hour"), _hours(), hours.hour)
        self.fields["paused_until"] = forms.DateField(
            label=_("Let everything rest until"),
            help_text=_("The first day on which email comes again. Leave it empty to end the rest."),
            what=_("The day on which email comes again"),
            required=False,
            initial=hours.paused_until,
        )

    @property
    def of_follows(self) -> list[Any]:
        return [self[f"follow-{each.id}"] for each in self.follows]

    @property
    def follow_choices(self) -> dict[str, str]:
        said = self.cleaned_data
        return {str(each.id): said[f"follow-{each.id}"] for each in self.follows if f"follow-{each.id}" in said}

    def chosen(self) -> Hours:
        """The hours that were chosen; what this form does not ask stays as it was."""
        said = {name: self.cleaned_data[name] for name in Hours.__dataclass_fields__ if name in self.fields}
        return Hours(**{name: getattr(self.hours, name) for name in Hours.__dataclass_fields__} | said)


class SettingsForm(HoursForm):
    """All that a person with an account chooses about their mail."""

    how_soon = HOW_SOON

    def __init__(
        self, *args: Any, topics: dict[str, str], packs: Sequence[tuple[Any, bool]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        hours = self.hours
        self.topics = topics
        self.boards = [board for board, _wanted in packs]
        for board, wanted in packs:
            self.fields[f"pack-{board.pk}"] = forms.BooleanField(label=board.name, required=False, initial=wanted)
        for topic, frequency in topics.items():
            self.fields[f"topic-{topic}"] = forms.ChoiceField(
                label=capfirst(str(TOPICS[topic])), choices=HOW_SOON, initial=frequency
            )
        self.fields["quiet_from"] = _number(_("No email from"), _hours(), hours.quiet_from)
        self.fields["quiet_until"] = _number(_("Until"), _hours(), hours.quiet_until)
        self.fields["quiet_weekends"] = forms.BooleanField(
            label=_("No email at weekends"), required=False, initial=hours.quiet_weekends
        )
        self.fields["quiet_holidays"] = forms.BooleanField(
            label=_("No email on bank holidays"), required=False, initial=hours.quiet_holidays
        )

    @property
    def of_topics(self) -> list[Any]:
        return [self[f"topic-{topic}"] for topic in self.topics]

    @property
    def of_packs(self) -> list[Any]:
        return [self[f"pack-{board.pk}"] for board in self.boards]

    @property
    def pack_choices(self) -> list[tuple[Any, bool]]:
        return [(board, self.cleaned_data[f"pack-{board.pk}"]) for board in self.boards]

    @property
    def topic_choices(self) -> dict[str, str]:
        return {topic: self.cleaned_data[f"topic-{topic}"] for topic in self.topics}


def _number(label: str, offered: list[tuple[int, Any]], initial: int) -> Any:
    return forms.TypedChoiceField(label=label, choices=offered, coerce=int, initial=initial)


def _hours() -> list[tuple[int, str]]:
    return [(hour, hour_words(hour)) for hour in range(24)]
