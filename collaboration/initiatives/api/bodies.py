"""What a program may say of an initiative. Shapes are checked here; what may be said is decided by the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NoReturn, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from collaboration.initiatives.models import Initiative, Partner, Scale, Stage, Visibility
from collaboration.initiatives.services.cleaning import shown
from collaboration.initiatives.services.stating import PartnerStatement, Statement
from groundwork.web.api.serializers import StrictSerializer

MOST = 200
"""Entries of one list: more than any initiative has partners, fewer than would keep the matching of names busy."""

LONGEST_NAME = 300


def _longest(field: str) -> int:
    return cast(int, cast(Any, Initiative._meta.get_field(field)).max_length)


class Text(serializers.CharField):
    """A JSON string and nothing else: a number is not quietly made into a title."""

    default_error_messages = {
        "invalid": gettext_lazy("This must be text."),
        "null": gettext_lazy("This must be text. Send an empty text for “not stated”."),
        "max_length": gettext_lazy("This must have {max_length} characters or fewer."),
        "blank": gettext_lazy("This must not be empty."),
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def text(longest: int, words: str, **more: Any) -> Text:
    return Text(required=False, allow_blank=True, max_length=longest, trim_whitespace=False, help_text=words, **more)


def names(words: str) -> serializers.ListField:
    return serializers.ListField(child=Text(max_length=LONGEST_NAME), required=False, max_length=MOST, help_text=words)


class Choice(serializers.ChoiceField):
    """One of a few words; any other is refused with all of them, because nobody can guess them."""

    default_error_messages = {"invalid_choice": gettext_lazy("“{input}” is none of: {words}.")}

    def fail(self, key: str, **told: Any) -> NoReturn:
        if "input" in told:
            told["input"] = shown(str(told["input"]))
        super().fail(key, words=", ".join(word for word in self.choices if word), **told)


def choice(choices: list[str], words: str) -> Choice:
    return Choice(choices=choices, required=False, help_text=words)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 999_999_999_999.99})
class Pounds(serializers.Field[Any, Any, Any, Any]):
    """A JSON number, or null."""

    default_error_messages = {"invalid": gettext_lazy("This must be a number, like 12000 or 12000.50.")}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | Decimal):
            self.fail("invalid")
        # By way of its text: 0.1 is meant, not the nearest number that a machine has for it.
        return Decimal(str(data))


@extend_schema_field(
    {
        "anyOf": [
            {"type": "array", "items": {"type": "string", "maxLength": LONGEST_NAME}, "maxItems": MOST},
            {"type": "object", "additionalProperties": True},
        ]
    }
)
class Labels(serializers.Field[Any, Any, Any, Any]):
    """A list of labels, or labels by the name that the source gives them."""

    default_error_messages = {"invalid": gettext_lazy("This must be a list of texts, or an object.")}

    def to_internal_value(self, data: Any) -> list[str] | dict[str, Any]:
        if isinstance(data, list):
            if len(data) > MOST or not all(isinstance(each, str) and len(each) <= LONGEST_NAME for each in data):
                self.fail("invalid")
            return data
        if not isinstance(data, dict):
            self.fail("invalid")
        return cast(dict[str, Any], data)


class MainStrandBody(StrictSerializer):
    code = Text(max_length=LONGEST_NAME, help_text="The strand, or a whole ambition, by code or name.")
    contribution = Text(
        required=False, allow_blank=True, max_length=500, help_text="One sentence: what it adds to this."
    )


class PartnershipBody(StrictSerializer):
    organisation = Text(max_length=LONGEST_NAME, help_text="By slug, identifier (`gss:E07000071`) or name.")
    role = choice(["", *Partner.Role.values], "Left out: as it is. Empty: not stated.")
    contribution = Text(
        required=False, allow_blank=True, max_length=500, help_text="What it brings. Left out: as it is."
    )


class InitiativeBody(StrictSerializer):
    """What is said of an initiative. What is left out stays as it is; what is empty or null becomes "not stated"."""

    title = text(_longest("title"), "What it is called.")
    summary = text(_longest("summary"), "What it is, in a few plain sentences.")
    difference = text(_longest("difference"), "What difference it should make.")
    stage = choice(["", *Stage.values], "How far it is.")
    scale = choice(["", *Scale.values], "How far it reaches.")
    participation = text(_longest("participation"), "How people take part in it.")
    start = serializers.DateField(required=False, allow_null=True, help_text="The day it began or begins.")
    end = serializers.DateField(required=False, allow_null=True, help_text="The day it ended or is to end.")
    money = Pounds(
        required=False,
        allow_null=True,
        help_text="All funding together, in pounds sterling. Where funders are named one by one it is changed there.",
    )
    contact = text(_longest("contact_role"), "The role to contact. Never a person's name.")
    contact_email = text(_longest("contact_email"), "The email address of that role.")
    lead = text(LONGEST_NAME, "The organisation that leads it, by slug, identifier or name. Empty: not stated.")
    partners = names("The other organisations in it, by slug, identifier or name. The whole list.")
    partnerships = PartnershipBody(  # type: ignore[call-arg]  # of the list
        many=True,
        required=False,
        max_length=MOST,
        help_text="The same with roles and contributions. Send one of the two.",
    )
    strands = names("Strands of the vision, or whole ambitions, by code or name, the main ones first. The whole list.")
    main_strands = MainStrandBody(  # type: ignore[call-arg]  # of the list
        many=True, required=False, max_length=20, help_text="One to three main strands, each with what it adds to it."
    )
    blocks = names("Building blocks of working together, by code or name. The whole list.")
    areas = names("Areas, by GSS code or name. The whole list.")
    elements = names("What else it answers to, by code or name. The whole list.")
    principles = names("Principles it follows, by code or name. The whole list.")
    visibility = choice([Visibility.PARTNERS.value, Visibility.PUBLIC.value], "Who is to see it once it is published.")
    source = text(500, "The document, and the row of it, that this was taken from.")  # type: ignore[assignment]
    original_labels = Labels(required=False, help_text="Labels exactly as that source prints them.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "partners" in attrs and "partnerships" in attrs:
            raise serializers.ValidationError(
                {"partnerships": [_("Send either “partners” or “partnerships”: both say who takes part.")]}
            )
        return attrs


class NewInitiativeBody(InitiativeBody):
    """What is said of a new initiative. Only the title is needed; what is left out is not stated."""

    title = Text(min_length=1, max_length=_longest("title"), help_text="What it is called.")


class PublishBody(StrictSerializer):
    """To whom it is published. Left out: to whom the draft says."""

    visibility = choice([Visibility.PARTNERS.value, Visibility.PUBLIC.value], "Who is to see it.")


class NothingBody(StrictSerializer):
    """An act that needs no words: whatever is sent along is named as unknown."""


_NAMES = {
    "contact": "contact_role",
    "visibility": "intended_visibility",
    "main_strands": "main",
    "partnerships": "partners",
}
"""What a statement calls what a body calls otherwise."""


def statement(said: dict[str, Any]) -> Statement:
    """A checked body as a statement to the services."""
    values = {_NAMES.get(name, name): value for name, value in said.items()}
    if "partners" in said:
        values["partners"] = [PartnerStatement(organisation=name) for name in said["partners"]]
    if "partnerships" in said:
        values["partners"] = [PartnerStatement(**each) for each in said["partnerships"]]
    if "main_strands" in said:
        values["main"] = [(each["code"], each.get("contribution", "")) for each in said["main_strands"]]
    return Statement(**values)


def spoken_errors(errors: dict[str, list[str]], said: dict[str, Any]) -> dict[str, list[str]]:
    """What a service found wrong, by the names that the body has for it: ``partnerships.0`` for ``partners.0``."""
    back = {ours: theirs for theirs, ours in _NAMES.items() if theirs in said}
    found = {}
    for path, sentences in errors.items():
        name, dot, rest = path.partition(".")
        found[back.get(name, name) + dot + rest] = sentences
    return found
