"""The components: GOV.UK's own have the shape of its examples, ours say in words what they show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from frontend import forms
from frontend.templatetags.gt import COLOURS, GOVUK_COLOURS, heat_level
from tests.frontend.markup import FRONTEND, Node, assert_references_lead_somewhere, assert_same_shape, example, parse


def render(source: str, **context: Any) -> Node:
    request = RequestFactory().get(context.pop("address", "/initiatives/?stage=active&page=2&area=a&area=b"))
    template = engines["django"].from_string("{% load gt i18n %}" + source)
    tree = parse(template.render(context, request))
    assert_references_lead_somewhere(tree)
    return tree


def component(part: str, /, **context: Any) -> Node:
    return render(f'{{% include "frontend/components/{part}.html" %}}', **context)


def govuk(name: str, which: str = "default") -> Node:
    return parse(example(name, which)["html"])


def test_breadcrumbs() -> None:
    given = example("breadcrumbs", "with last breadcrumb as current page")
    crumbs = [part for item in given["options"]["items"] for part in (item["text"], item.get("href", ""))]
    ours = render("{% breadcrumbs c.0 c.1 c.2 c.3 c.4 %}", c=crumbs)
    assert_same_shape(ours, parse(given["html"]))


@pytest.mark.parametrize("colour", ["grey", "green", "purple", "red", "orange", "yellow"])
def test_tag(colour: str) -> None:
    given = example("tag", colour)
    ours = render("{% tag text colour %}", text=given["options"]["text"], colour=colour)
    assert_same_shape(ours, parse(given["html"]))


def test_every_word_of_ours_has_a_colour_that_exists() -> None:
    assert set(COLOURS.values()) <= GOVUK_COLOURS | {""}
    assert render('{% tag text "javascript:x" %}', text="<b>").one("strong").attrs == {"class": "govuk-tag"}


def test_confirmation_shows_the_reference() -> None:
    given = example("panel", "default")
    ours = component("panel", title=given["options"]["titleHtml"], reference="HDJ2123F")
    assert_same_shape(ours, parse(given["html"]))


def test_success_banner() -> None:
    given = example("notification-banner", "with type as success")
    ours = component("notification_banner", text=given["options"]["text"], level="success")
    assert_same_shape(ours, parse(given["html"]))


def test_plain_banner() -> None:
    given = example("notification-banner", "default")
    ours = component("notification_banner", text=given["options"]["text"], level="info")
    assert_same_shape(ours, parse(given["html"]))


def test_task_list() -> None:
    given = example("task-list", "with hint text and additional states")
    words = {"Completed": "completed", "Cannot start yet": "cannot_start"}
    tasks = []
    for item in given["options"]["items"]:
        status = (item["status"].get("tag") or item["status"]).get("text")
        if status in words:
            hint = (item.get("hint") or {}).get("text", "")
            tasks.append(
                {"title": item["title"]["text"], "href": item.get("href"), "hint": hint, "status": words[status]}
            )
    ours = component("task_list", tasks=tasks)
    kept = [n for n in parse(given["html"]).all("li") if any(word in n.text for word in words)]
    assert kept
    for mine, theirs in zip(ours.all("li"), kept, strict=True):
        assert_same_shape(mine, theirs)


@pytest.mark.parametrize("status", ["not_started", "in_progress", "needs_information"])
def test_an_open_task_says_where_it_stands(status: str) -> None:
    ours = component("task_list", tasks=[{"title": "Partners", "href": "/p/", "status": status}])
    assert ours.one("strong.govuk-tag").text.replace(" ", "_").lower() == status


class TestPagination:
    def test_the_middle_of_many_pages(self) -> None:
        page = Paginator(range(1000), 25).page(7)
        ours = render("{% pagination p %}", p=page)
        theirs = govuk("pagination", "with many pages")
        assert ours.one("nav.govuk-pagination").attrs["aria-label"] == theirs.one("nav").attrs["aria-label"]
        assert [n.text for n in ours.all("li")] == ["1", "⋯", "6", "7", "8", "⋯", "40"]
        current = ours.one("li.govuk-pagination__item--current").one("a")
        assert (current.attrs["aria-current"], current.attrs["aria-label"]) == ("page", "Page 7")

    def test_the_rest_of_the_address_is_kept(self) -> None:
        ours = render("{% pagination p %}", p=Paginator(range(100), 25).page(2))
        assert ours.one("div.govuk-pagination__next").one("a").attrs["href"] == "?stage=active&page=3&area=a&area=b"

    def test_without_a_count_there_is_only_previous_and_next(self) -> None:
        class Uncounted:
            number, has_previous, has_next = 3, True, True

        ours = render("{% pagination p %}", p=Uncounted())
        assert not ours.all("li")
        assert [a.attrs["rel"] for a in ours.all("a")] == ["prev", "next"]

    def test_one_page_needs_no_links(self) -> None:
        assert not render("{% pagination p %}", p=Paginator(range(3), 25).page(1)).all("nav")


@pytest.mark.parametrize(
    ("total", "words"),
    [(0, "0 initiatives"), (1, "1 initiative"), (1000, "1,000 initiatives"), (1001, "More than 1,000 initiatives")],
)
def test_result_count(total: int, words: str) -> None:
    ours = component("result_count", total=total, one="initiative", many="initiatives")
    assert ours.one("p").text == words
    assert ours.one("p").attrs["role"] == "status"


@pytest.mark.parametrize(
    ("value", "most", "level"),
    [(0, 18, 0), (None, 18, 0), (1, 18, 1), (3, 18, 1), (4, 18, 2), (18, 18, 6), (20, 18, 6), (1, 0, 1), (0, 0, 0)],
)
def test_heat_levels(value: int | None, most: int, level: int) -> None:
    assert heat_level(value, most) == level


class TestHeatMap:
    def tree(self) -> Node:
        columns = [{"text": "Trust", "href": "/b/1/"}, {"text": "Delivery", "href": "/b/2/"}]
        cells = [{"value": 0, "href": "/g/"}, {"value": 12, "text": "£12", "href": "/l/"}]
        return component(
            "heat_map",
            caption="By ambition and block",
            corner="Ambition",
            columns=columns,
            rows=[{"text": "Old age", "href": "/a/", "cells": cells, "total": 12}],
            most=12,
            many="initiatives",
            totals=True,
        )

    def test_it_is_a_table_with_headings_both_ways(self) -> None:
        table = self.tree().one("table")
        assert table.one("caption").text == "By ambition and block"
        assert [n.attrs["scope"] for n in table.all("th")] == ["col", "col", "col", "col", "row"]

    def test_a_gap_is_a_word_and_a_hatch_and_every_cell_leads_on(self) -> None:
        gap, full, total = self.tree().all("td")
        assert "gt-heat--level-0" in gap.classes
        assert gap.one("span.gt-heat__word").text == "None"
        assert "gt-heat--level-6" in full.classes
        assert full.one("span.gt-heat__word").text == "£12"
        assert [gap.one("a").attrs["href"], full.one("a").attrs["href"]] == ["/g/", "/l/"]
        assert "initiatives: Old age, Trust" in gap.text
        assert total.text.endswith("12")

    def test_it_keeps_its_meaning_as_cards(self) -> None:
        tree = self.tree()
        # A phone shows rows as cards with `display: block`, which would take a table's meaning from screen readers.
        assert {n.attrs["role"] for n in tree.all("td")} == {"cell"}
        assert [n.text for n in tree.all("span.gt-heat__label")] == ["Trust", "Delivery", "All"]


def test_tile_map_is_a_list_of_links_with_words() -> None:
    tiles = [
        {"name": "Rochford", "href": "/areas/rochford/", "row": 2, "column": 3, "count": 4, "current": True},
        {"name": "Harlow", "href": "/areas/harlow/", "row": 1, "column": 0, "count": 0},
        {"name": "Maldon", "href": "/areas/maldon/", "row": 1, "column": 3, "count": 1},
    ]
    ours = component("tile_map", tiles=tiles, most=4, one="initiative", many="initiatives", label="Where")
    assert [n.text for n in ours.all("li")] == [
        "Rochford 4 initiatives",
        "Harlow None initiatives",
        "Maldon 1 initiative",
    ]
    assert {"gt-tile--row-2", "gt-tile--col-3", "gt-tile--current"} <= ours.all("li")[0].classes


def test_timeline_says_when_by_whom_and_what() -> None:
    ours = component("timeline", items=[{"title": "Published", "when": date(2026, 11, 2), "by": "Priya", "text": "Hi"}])
    assert ours.one("p.gt-timeline__when").text == "2 November 2026 , Priya"
    assert ours.one("time").attrs["datetime"].startswith("2026-11-02")


class Filter(forms.Form):
    marks_optional = False
    words = forms.CharField(required=False, label="Words", widget=forms.SearchInput())
    ambition = forms.MultipleChoiceField(
        required=False, choices=[("a", "Old age")], widget=forms.Checkboxes(small=True)
    )


def test_filter_panel_is_a_plain_get_form() -> None:
    ours = component("filter_panel", filter_form=Filter(), clear_href="/initiatives/")
    form = ours.one("form.gt-filter")
    assert (form.attrs["method"], form.attrs["role"]) == ("get", "search")
    assert "(optional)" not in form.text
    assert form.one("input.govuk-input").attrs["type"] == "search"
    assert form.one("a").attrs["href"] == "/initiatives/"


def test_filter_tags_can_be_removed_one_by_one() -> None:
    ours = component("selected_filters", selected=[{"text": "Rochford", "href": "?stage=active"}])
    assert ours.one("a").text == "Remove filter: Rochford"
    assert not component("selected_filters", selected=[]).elements


@pytest.mark.parametrize(("value", "shown"), [(None, "Not stated"), ("", "Not stated"), (0, "0"), ("<i>", "<i>")])
def test_what_is_unknown_is_said_and_zero_is_known(value: Any, shown: str) -> None:
    ours = component("summary_row", key="Cost", value=value, href="/c/")
    assert ours.one("dd.govuk-summary-list__value").text == shown
    assert ours.one("a").text == "Change Cost"


def test_thread_strip_names_the_broken_link() -> None:
    steps = [{"kind": "Vision", "text": "Future", "href": "/v/"}, {"kind": "Initiative", "text": "Us", "here": True}]
    ours = component("thread_strip", steps=[*steps, {"kind": "Measure", "missing": True}])
    assert [n.text for n in ours.all("li")] == ["Vision Future", "Initiative Us", "Measure Nothing linked yet"]
    assert ours.all("li")[1].attrs["aria-current"] == "true"


def test_card_table_repeats_its_headings() -> None:
    ours = component(
        "table",
        caption="Partners",
        columns=[{"text": "Organisation"}, {"text": "Role"}],
        rows=[{"cells": [{"text": "Police", "href": "/o/"}, {"text": None}]}],
    )
    assert ours.one("td").text == "Role Not stated"
    assert ours.one("td").one("span.gt-table__label").attrs["aria-hidden"] == "true"


@pytest.mark.parametrize(
    ("name", "context", "words"),
    [
        ("card", {"title": "Old age", "href": "/a/", "facts": [{"figure": 3, "label": "gaps"}]}, "Old age 3 gaps"),
        ("stat", {"figure": 42, "label": "initiatives", "note": "3 new"}, "initiatives 3 new 42"),
        ("empty_state", {"heading": "None yet", "action_href": "/n/", "action_text": "Register"}, "None yet Register"),
        ("organisation_chip", {"name": "Police", "role": "host", "status": "asked", "status_text": "Asked"}, None),
        ("sub_navigation", {"label": "Parts", "items": [{"text": "Summary", "href": "/s/"}]}, "Summary"),
        ("exports", {"csv_href": "/x.csv", "atom_href": "/x.atom"}, "Spreadsheet (CSV) Feed (Atom)"),
        ("tag", {"text": "Active", "kind": "active"}, "Active"),
    ],
)
def test_small_parts_say_what_they_are_given(name: str, context: dict[str, Any], words: str | None) -> None:
    assert component(name, **context).text == (words or "Police host Asked")


def test_a_resting_address_says_why_and_can_be_tried_again() -> None:
    resting = {"email": "ada@example.org", "reason": "bounce", "since": date(2026, 11, 2), "detail": "550 No such user"}
    ours = component("resting_address", resting=resting)
    assert "came back on 2 November 2026" in ours.text
    assert "550 No such user" in ours.text
    assert ours.one("form").attrs["method"] == "post"
    assert not component("resting_address", resting=None).elements


def test_interruption_asks_before_it_sends() -> None:
    ours = component(
        "interruption", title="This will email 214 people", action="/send/", button="Send", back_href="/b/"
    )
    assert ours.one("form").attrs["method"] == "post"
    assert ours.one("form").attrs["action"] == "/send/"
    assert "csrfmiddlewaretoken" in {n.attrs.get("name") for n in ours.all("input")}


def test_every_component_is_rendered_by_a_test() -> None:
    source = "".join(p.read_text() for p in (FRONTEND.parent / "tests/frontend").glob("test_*.py"))
    frame = {"header", "service_navigation", "phase_banner", "footer", "messages"}  # by test_base
    parts = {p.stem for p in (FRONTEND / "templates/frontend/components").glob("*.html")} - frame
    tags = {"breadcrumbs": "{% breadcrumbs", "pagination": "{% pagination"}
    missing = {name for name in parts if f'"{name}"' not in source and tags.get(name, "\0") not in source}
    assert not missing
