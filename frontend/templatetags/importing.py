"""How pages tell what an import would do, does or did."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.pages.importing import words
from frontend.templatetags.gt import tag

register = template.Library()


@register.filter
def counts_in_words(imported: Any) -> str:
    """What its lines would do: "24 are new, 1 changes a record and 6 are rejected"; "" before it was checked."""
    counts = {name: int(imported.counts.get(name, 0)) for name in words.VERDICTS}
    told = [
        (counts["new"], ngettext("%(n)s is new", "%(n)s are new", counts["new"])),
        (counts["changed"], ngettext("%(n)s changes a record", "%(n)s change a record", counts["changed"])),
        (counts["unchanged"], ngettext("%(n)s changes nothing", "%(n)s change nothing", counts["unchanged"])),
        (counts["rejected"], ngettext("%(n)s is rejected", "%(n)s are rejected", counts["rejected"])),
    ]
    return listed([text % {"n": number_format(n, force_grouping=True)} for n, text in told if n])


def listed(parts: list[str]) -> str:
    """Parts of a sentence with commas, and "and" before the last."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(most)s and %(last)s") % {"most": ", ".join(parts[:-1]), "last": parts[-1]}


@register.simple_tag
def import_status(imported: Any) -> SafeString:
    """How far an import is, as a tag."""
    text, colour = words.STATUSES[imported.status]
    if imported.status == "checked" and not any(imported.counts.get(verdict) for verdict in ("new", "changed")):
        text, colour = words.NOTHING_TO_DECIDE
    return tag(text, colour)


@register.simple_tag
def import_verdict(line: Any) -> SafeString:
    """What would become of a line, or what became of it, as a tag."""
    text, colour = words.OUTCOMES.get(line.outcome) or words.VERDICTS.get(line.verdict, (_("Not checked"), "grey"))
    return tag(text, colour)
