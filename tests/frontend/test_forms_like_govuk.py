"""Django's fields, rendered by us, have the shape of GOV.UK Frontend's own examples."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms as django_forms
from django.utils.safestring import mark_safe

from frontend import forms
from frontend.forms.fields import WrongDate
from frontend.forms.widgets import DateParts
from tests.frontend.markup import assert_references_lead_somewhere, assert_same_shape, example, parse

LABEL_SIZES = frozenset({"govuk-label--s", "govuk-fieldset__legend--s"})


def words(part: dict[str, Any] | None) -> str:
    return (part or {}).get("text") or (part or {}).get("html") or ""


def choices(options: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (item.get("value", item.get("text", "")), mark_safe(words(item)))  # noqa: S308
        for item in options["items"]
        if item and not item.get("divider")
    ]


def hints(options: dict[str, Any]) -> dict[str, str]:
    return {item["value"]: words(item.get("hint")) for item in options["items"] if item and item.get("hint")}


def chosen(options: dict[str, Any]) -> list[str]:
    found = [item["value"] for item in options["items"] if item and (item.get("checked") or item.get("selected"))]
    return found or list(options.get("values") or [])


def build(component: str, options: dict[str, Any]) -> django_forms.Field:
    """The Django field that asks what the example asks."""
    width = next((int(c.rsplit("-", 1)[1]) for c in options.get("classes", "").split() if "width-" in c), None)
    affixes: dict[str, Any] = {side: words(options.get(side)) for side in ("prefix", "suffix")}
    match component:
        case "input":
            return forms.CharField(widget=forms.TextInput(width=width, **affixes))
        case "textarea":
            return forms.CharField(widget=forms.Textarea(rows=options.get("rows", 5)))
        case "character-count":
            return forms.LongTextField(max_length=options["maxlength"], rows=options.get("rows", 5))
        case "password-input":
            return forms.CharField(widget=forms.PasswordInput())
        case "file-upload":
            return forms.FileField()
        case "select":
            return forms.ChoiceField(choices=choices(options))
        case "date-input":
            return forms.DateField()
    classes = options.get("classes", "")
    exclusive = [item["value"] for item in options["items"] if item and item.get("behaviour") == "exclusive"]
    settings: dict[str, Any] = {
        "hints": hints(options),
        "exclusive": exclusive,
        "inline": "--inline" in classes,
        "small": "--small" in classes,
    }
    if component == "radios":
        return forms.ChoiceField(choices=choices(options), widget=forms.Radios(**settings))
    return forms.MultipleChoiceField(choices=choices(options), widget=forms.Checkboxes(**settings))


def render(component: str, options: dict[str, Any]) -> str:
    field = build(component, options)
    label = options.get("label") or (options.get("fieldset") or {}).get("legend") or {}
    field.label, field.help_text, field.required = words(label), words(options.get("hint")), False
    initial: Any = options.get("value")
    if component == "date-input" and options.get("values"):
        initial = DateParts(**options["values"])
    if component in ("radios", "checkboxes", "select"):
        initial = chosen(options)
        initial = initial if component == "checkboxes" else next(iter(initial), None)
    form_class = type("Example", (django_forms.Form,), {"example": field})
    form = form_class({"example": initial} if initial else {}) if options.get("errorMessage") else form_class()
    form.initial = {"example": initial}
    if options.get("errorMessage"):
        form.is_valid()
        wrong = tuple(part for part in DateParts._fields if (options.get(part) or {}).get("error"))
        message = words(options["errorMessage"])
        form.add_error("example", WrongDate(message, wrong=wrong) if wrong else message)
    size = next((c.rsplit("--", 1)[1] for c in label.get("classes", "").split() if "--" in c), "s")
    bound = form["example"]
    context = {"field": bound, "label_size": size, "heading": label.get("isPageHeading", False)}
    return str(bound.render(context=context))


EXAMPLES = [
    *(("input", name) for name in ("default", "with hint text", "with error message", "with error and hint")),
    *(("input", f"with width-{n} class") for n in (2, 3, 4, 5, 10, 20, 30)),
    *(("input", name) for name in ("with label as page heading", "with prefix", "with suffix")),
    *(("input", name) for name in ("with prefix and suffix", "with prefix and suffix and error", "value")),
    *(("textarea", name) for name in ("default", "with hint", "with error message", "with default value")),
    *(("textarea", name) for name in ("with custom rows", "with label as page heading", "with hint and error message")),
    *(("character-count", name) for name in ("default", "with hint", "with hint and error", "with default value")),
    *(("password-input", name) for name in ("default", "with hint text", "with error message")),
    *(("file-upload", name) for name in ("default", "with hint text", "with error message and hint")),
    *(("select", name) for name in ("with hint text and error message",)),
    *(("radios", name) for name in ("with hint", "inline", "with legend as page heading", "with hints on items")),
    *(("radios", name) for name in ("with fieldset and error message", "small inline")),
    *(("checkboxes", name) for name in ("with hint", "with divider and None", "with hints on items", "small")),
    *(("checkboxes", name) for name in ("with legend as a page heading", "with error message", "small with hint")),
    *(("date-input", name) for name in ("default", "with values", "with error message and hint")),
    *(("date-input", f"with error on {part} input") for part in ("day", "month", "year")),
]


@pytest.mark.parametrize(("component", "name"), EXAMPLES)
def test_a_field_has_the_shape_of_the_example(component: str, name: str) -> None:
    given = example(component, name)
    ours, theirs = parse(render(component, given["options"])), parse(given["html"])
    assert_references_lead_somewhere(ours)
    assert_same_shape(ours, theirs, also=LABEL_SIZES)


def test_the_comparison_notices_a_missing_class() -> None:
    given = example("input", "with error message")
    broken = render("input", given["options"]).replace("govuk-input--error", "")
    with pytest.raises(AssertionError, match="govuk-input--error"):
        assert_same_shape(parse(broken), parse(given["html"]), also=LABEL_SIZES)
