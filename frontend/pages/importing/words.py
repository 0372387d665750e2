"""What columns and verdicts are called on the pages of an import."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

COLUMNS: Final[dict[str, Any]] = {
    "ref": _("Reference"),
    "title": _("Title"),
    "summary": _("What is being done"),
    "stage": _("Stage"),
    "lead": _("Lead organisation"),
    "partners": _("Partners"),
    "strands": _("Strands or ambitions"),
    "blocks": _("Building blocks"),
    "areas": _("Places"),
    "start": _("Start"),
    "end": _("End"),
    "money": _("Money"),
    "contact": _("Contact"),
    "source": _("Source"),
    "original_labels": _("Original labels"),
}
"""The columns that an import understands, in the order of the template, after the reference."""

HOW: Final[dict[str, Any]] = {
    "ref": _("The reference of a record that is here already, such as ESX-0042. Leave it out for new work."),
    "title": _("The name partners know it by. The only column that every line needs."),
    "summary": _("What is being done for whom, in plain words."),
    "stage": _("One of: idea, proposed, active, paused, completed, ended."),
    "lead": _("The organisation that leads it."),
    "partners": _("The others, with “;” between them. A role may follow in brackets: Sport England (funder)."),
    "strands": _("Codes or names of strands or ambitions, with “;” between them, the most important first."),
    "blocks": _("Codes or names of building blocks, with “;” between them."),
    "areas": _("Where it happens, with “;” between the places."),
    "start": _("A date, such as 2026-04-01 or 1/4/2026."),
    "end": _("A date."),
    "money": _("Pounds in all, as a number."),
    "contact": _("A role, and the address of a team if there is one: Sport officer <sport@example.org>."),
    "source": _("Where you have it from: a document, a section, a row."),
    "original_labels": _("The labels your own list uses, kept as they are."),
}
"""What to write into each column, for the table of the first page."""

FIELDS: Final[dict[str, Any]] = COLUMNS | {
    "contact_role": _("Contact"),
    "contact_email": _("Contact’s e-mail address"),
    "starts_on": _("Start"),
    "ends_on": _("End"),
    "main_strands": _("Main strands"),
    "funding": _("Money"),
    "visibility": _("Who sees it"),
    "difference": _("What difference it makes"),
    "scale": _("Scale"),
    "participation": _("How people take part"),
    "intended_visibility": _("Who may see it"),
    "elements": _("Commitments"),
    "principles": _("Principles"),
}
"""What a field of a record is called where its change is shown."""

STATUSES: Final[dict[str, tuple[Any, str]]] = {
    "uploaded": (_("To match"), "yellow"),
    "checking": (_("Being checked"), "teal"),
    "checked": (_("To decide"), "yellow"),
    "importing": (_("Being imported"), "teal"),
    "imported": (_("Imported"), "green"),
    "undoing": (_("Being undone"), "teal"),
    "undone": (_("Undone"), "grey"),
    "cancelled": (_("Put aside"), "grey"),
    "failed": (_("Did not work"), "red"),
}
"""How far an import is: the words of its tag, and the tag's colour."""

VERDICTS: Final[dict[str, tuple[Any, str]]] = {
    "new": (_("New"), "green"),
    "changed": (_("Changed"), "purple"),
    "unchanged": (_("Unchanged"), "grey"),
    "rejected": (_("Rejected"), "red"),
}
"""What would become of a line, in the order in which pages tell it."""


OUTCOMES: Final[dict[str, tuple[Any, str]]] = {
    "undone": (_("Taken back"), "grey"),
    "kept": (_("Left as it is"), "yellow"),
}
"""What became of a line when its import was undone; before that its verdict says it."""


def field(name: str) -> Any:
    """The words for a field or column; the whole line has none."""
    return FIELDS.get(name, name)
