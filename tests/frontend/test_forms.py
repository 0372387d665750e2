"""What our fields understand, and what they say when they do not."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms as django_forms
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from frontend import forms
from frontend.forms.bound import GovukBoundField
from groundwork.access.errors import Conflict, Invalid
from tests.frontend.markup import parse


class Example(forms.Form):
    start = forms.DateField(label="Start date")
    end = forms.DateField(label="End date", required=False)


def posted(**boxes: str) -> Example:
    return Example(QueryDict("&".join(f"{name.replace('_', '-')}={value}" for name, value in boxes.items())))


@pytest.mark.parametrize(
    ("day", "month", "year", "meant"),
    [
        ("27", "3", "2027", date(2027, 3, 27)),
        ("07", "03", "2027", date(2027, 3, 7)),
        (" 7 ", " March ", "2027", date(2027, 3, 7)),
        ("7", "mar.", "27", date(2027, 3, 7)),
        ("29", "FEB", "2028", date(2028, 2, 29)),
        ("1", "sept", "2026", date(2026, 9, 1)),
    ],
)
def test_a_date_is_understood_as_people_write_it(day: str, month: str, year: str, meant: date) -> None:
    form = posted(start_day=day, start_month=month, start_year=year)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"start": meant, "end": None}


def test_a_whole_date_may_be_given_at_once() -> None:
    assert posted(start="2027-03-27").is_valid()


@pytest.mark.parametrize(
    ("boxes", "sentence", "wrong"),
    [
        ({}, "Enter: start date", ["day"]),
        ({"start_day": "27", "start_year": "2027"}, "Start date must include a month", ["month"]),
        ({"start_day": "27"}, "Start date must include a month and year", ["month", "year"]),
        (
            {"start_day": "31", "start_month": "2", "start_year": "2027"},
            "Start date must be a real date, such as 27 3 2027",
            ["day", "month", "year"],
        ),
        (
            {"start_day": "32", "start_month": "x", "start_year": "2027"},
            "Start date must be a real date, such as 27 3 2027",
            ["day", "month"],
        ),
        (
            {"start_day": "1", "start_month": "3", "start_year": "9999"},
            "Start date must have a year in four digits, from 1900 to 2200",
            ["year"],
        ),
        ({"start": "tomorrow"}, "Start date must include a month and year", ["month", "year"]),
    ],
)
def test_a_wrong_date_is_refused_in_words_and_its_boxes_are_marked(
    boxes: dict[str, str], sentence: str, wrong: list[str]
) -> None:
    form = posted(**boxes)
    assert form.errors["start"] == [sentence]
    tree = parse(str(form["start"].as_field_group()))
    marked = [n.attrs["name"] for n in tree.all("input.govuk-input--error")]
    assert marked == ([f"start-{part}" for part in wrong] if boxes else ["start-day", "start-month", "start-year"])
    bound = form["start"]
    assert isinstance(bound, GovukBoundField)
    assert bound.error_anchor == f"id_start-{wrong[0]}"


def test_what_was_typed_stays_in_the_boxes() -> None:
    form = posted(start_day="<b>", start_month="13", start_year="")
    assert not form.is_valid()
    tree = parse(str(form["start"]))
    assert [n.attrs["value"] for n in tree.all("input")] == ["<b>", "13", ""]


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_no_text_in_the_boxes_breaks_the_form(day: str, month: str, year: str) -> None:
    form = Example({"start-day": day, "start-month": month, "start-year": year})
    assert form.is_valid() or str(form.errors["start"][0])
    assert "date-input" in str(form["start"])


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31)))
def test_a_date_shown_and_sent_back_is_the_same_date(day: date) -> None:
    shown = parse(str(Example(initial={"start": day})["start"]))
    form = Example({n.attrs["name"]: n.attrs["value"] for n in shown.all("input")}, initial={"start": day})
    assert form.is_valid()
    assert form.cleaned_data["start"] == day
    assert not form.has_changed()


class Everything(forms.Form):
    title = forms.CharField(max_length=10, label="Title")
    percent = forms.LongTextField(max_length=10, label="Share in %", required=False)
    stage = forms.ChoiceField(choices=[("idea", "Idea")], widget=forms.Radios(), label="NHS stage?")
    agreed = forms.BooleanField(label="I have checked this")
    paper = forms.FileField(label="Paper")
    named = forms.CharField(error_messages={"required": "Give it a name"})


def test_each_error_makes_sense_away_from_its_field() -> None:
    form = Everything({"title": "x" * 11, "percent": "y" * 12})
    assert {name: list(errors) for name, errors in form.errors.items()} == {
        "title": ["Title must be 10 characters or fewer. It has 11."],
        "percent": ["Share in % must be 10 characters or fewer. It has 12."],
        "stage": ["Choose: NHS stage"],
        "agreed": ["Tick the box: I have checked this"],
        "paper": ["Choose a file: paper"],
        "named": ["Give it a name"],
    }


def test_one_form_does_not_change_the_words_of_another() -> None:
    Everything()
    assert django_forms.CharField().error_messages["required"] == "This field is required."
    assert Everything.base_fields["title"].error_messages["required"] == "This field is required."


def test_what_may_be_left_out_says_so() -> None:
    assert "Share in % (optional)" in parse(str(Everything())).text
    assert "Title (optional)" not in parse(str(Everything())).text


def test_the_browser_neither_cuts_nor_blocks_what_is_typed() -> None:
    tree = parse(str(Everything()))
    for control in [*tree.all("input"), *tree.all("textarea")]:
        assert not {"required", "maxlength", "min", "max", "step"} & set(control.attrs)


def test_line_ends_count_as_one_character() -> None:
    form = Everything({"percent": "1234\r\n6789"})
    form.is_valid()
    assert "percent" not in form.errors
    assert form.cleaned_data["percent"] == "1234\n6789"


def test_a_services_refusal_stands_beside_its_field_or_on_top() -> None:
    form = Everything({})
    form.errors.clear()
    form.refuse(Invalid({"title": ["Somebody has used this title"], "": ["Nothing was saved"], "gone": ["Unknown"]}))
    form.refuse(Conflict("Priya changed this a minute ago"))
    assert form.errors["title"] == ["Somebody has used this title"]
    assert form.non_field_errors() == ["Nothing was saved", "Unknown", "Priya changed this a minute ago"]


class Foreign(django_forms.Form):
    """A form of a library, which knows nothing of ours."""

    email = django_forms.EmailField()
    number = django_forms.IntegerField(min_value=1)
    share = django_forms.DecimalField(max_digits=5, decimal_places=2)
    when = django_forms.DateField()
    password = django_forms.CharField(widget=django_forms.PasswordInput(attrs={"autocomplete": "one-time-code"}))
    several = django_forms.MultipleChoiceField(choices=[("a", "A")], widget=django_forms.CheckboxSelectMultiple)
    remember = django_forms.BooleanField(required=False)
    hidden = django_forms.CharField(widget=django_forms.HiddenInput)


@pytest.mark.parametrize("layout", ["as_p", "as_div", "as_ul", "as_table", "__str__"])
def test_a_librarys_form_looks_the_same(layout: str) -> None:
    form = Foreign({})
    tree = parse(str(getattr(form, layout)()))
    visible = [n for n in tree.all("input") if n.attrs["type"] != "hidden"]
    assert visible
    assert all(any(c.startswith("govuk-") for c in n.classes) for n in visible)
    assert len(tree.all("div.govuk-form-group--error")) == len(form.errors) - 1
    assert len([n for n in tree.all("input") if n.attrs["type"] == "hidden"]) == 1
    assert {n.attrs["autocomplete"] for n in visible if n.attrs["type"] == "password"} == {"one-time-code"}
    assert [n.attrs["inputmode"] for n in visible if "inputmode" in n.attrs] == ["numeric", "decimal"]
