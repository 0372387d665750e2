"""Tags and filters for pages: fields, crumbs, tags, gaps and figures in the product's own words."""

from __future__ import annotations

import math
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.prose import prose

register = template.Library()

EXACT_UP_TO = 1000
"""Totals are counted exactly to here; a list of more says "more than" and stays fast."""

HEAT_LEVELS = 6

COLOURS = {
    # stages of an initiative
    "idea": "grey",
    "proposed": "yellow",
    "active": "green",
    "paused": "orange",
    "completed": "",
    "ended": "grey",
    "closed": "grey",
    "vacant": "yellow",
    # a partner's answer
    "asked": "yellow",
    "confirmed": "green",
    "declined": "red",
    # tasks of a task list
    "in_progress": "teal",
    "needs_information": "yellow",
    "not_started": "grey",
    # who sees it
    "draft": "grey",
    "partners": "purple",
    "public": "green",
}
"""GOV.UK's tag colour for each word of ours; "" is the plain blue. The word, not the colour, carries the meaning."""

GOVUK_COLOURS = frozenset({"grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow"})

TASK_STATUSES = {
    "not_started": gettext_lazy("Not started"),
    "in_progress": gettext_lazy("In progress"),
    "needs_information": gettext_lazy("Needs information"),
    "completed": gettext_lazy("Completed"),
    "cannot_start": gettext_lazy("Cannot start yet"),
    "optional": gettext_lazy("Optional"),
}


@register.simple_tag
def field(bound: Any, label_size: str = "s", heading: bool = False) -> SafeString:
    """One field of a form. ``heading=True`` makes its label the page's h1, for a page that asks one thing."""
    return bound.render(context={"field": bound, "label_size": label_size, "heading": heading})


@register.simple_tag
def tag(text: Any, kind: str = "") -> SafeString:
    """A GOV.UK tag. ``kind`` is one of our words ("active", "asked") or a colour of GOV.UK's."""
    colour = COLOURS.get(kind, kind if kind in GOVUK_COLOURS else "")
    return format_html('<strong class="govuk-tag{}">{}</strong>', f" govuk-tag--{colour}" if colour else "", text)


@register.filter
def markdown(text: str, level: int = 3) -> SafeString:
    """What people wrote as Markdown, as safe HTML; its highest headings become headings of ``level`` (2 to 6)."""
    return prose(text, below=level - 1)


@register.inclusion_tag("frontend/components/breadcrumbs.html")
def breadcrumbs(*words_and_addresses: Any) -> dict[str, Any]:
    """Crumbs as pairs of words and address; a last word without address is the page itself.

    ``{% breadcrumbs "Home" "/" "Initiatives" "/initiatives/" initiative.reference %}``
    """
    texts, hrefs = words_and_addresses[::2], words_and_addresses[1::2]
    return {"items": [{"text": t, "href": hrefs[n] if n < len(hrefs) else ""} for n, t in enumerate(texts)]}


@register.inclusion_tag("frontend/components/pagination.html", takes_context=True)
def pagination(
    context: template.Context, page_obj: Any, parameter: str = "page", query: str | None = None
) -> dict[str, Any]:
    """Links to the pages of a list, keeping the rest of the address.

    ``page_obj`` is a Django page, or anything with ``number``, ``has_previous`` and ``has_next`` where the number of
    pages is not counted: then only "Previous" and "Next" are offered. ``query``: of the address, where it is not what
    was asked for.
    """
    request: HttpRequest = context["request"]

    def href(number: int) -> str:
        kept = request.GET.copy() if query is None else QueryDict(query.removeprefix("?"), mutable=True)
        kept[parameter] = str(number)
        return f"?{kept.urlencode()}"

    number = page_obj.number
    counted = getattr(getattr(page_obj, "paginator", None), "get_elided_page_range", None)
    pages = list(counted(number, on_each_side=1, on_ends=1)) if counted else []
    return {
        "previous": href(number - 1) if _asked(page_obj.has_previous) else "",
        "next": href(number + 1) if _asked(page_obj.has_next) else "",
        "pages": [
            {"number": n, "href": href(n), "current": n == number} if isinstance(n, int) else {"gap": True}
            for n in pages
        ]
        if len(pages) > 1
        else [],
    }


def _asked(value: Any) -> bool:
    return bool(value() if callable(value) else value)


@register.simple_tag
def counted(total: int, one: str, many: str) -> str:
    """A total in words: "1 initiative", "12 initiatives", "more than 1,000 initiatives"."""
    if total > EXACT_UP_TO:
        return _("more than %(total)s %(things)s") % {
            "total": number_format(EXACT_UP_TO, force_grouping=True),
            "things": many,
        }
    return f"{number_format(total, force_grouping=True)} {one if total == 1 else many}"


@register.filter
def heat_level(value: Any, most: Any) -> int:
    """Which of the tints 1 to 6 a number has when ``most`` is the largest; 0, hatched, is a gap."""
    number, largest = float(value or 0), float(most or 0)
    if number <= 0:
        return 0
    return max(1, min(HEAT_LEVELS, math.ceil(HEAT_LEVELS * number / largest))) if largest > 0 else 1


@register.filter
def not_stated(value: Any) -> Any:
    """The value, or "Not stated" where the source does not say. Zero is a statement and stays."""
    if value is None or value == "":
        return format_html('<span class="gt-not-stated">{}</span>', _("Not stated"))
    return conditional_escape(value)


@register.filter
def task_status(status: str) -> Any:
    """The words for a task's status."""
    return TASK_STATUSES.get(status, status)


@register.filter
def at(items: Any, index: int) -> Any:
    """The item of a list at a place counted from 0, or "" beyond its end: the heading over a cell."""
    return items[index] if 0 <= index < len(items) else ""
