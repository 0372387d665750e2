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
    "areas": _("Areas"),
    "start": _("Start"),
    "end": _("End"),
    "money": _("Money"),
    "contact": _("Contact"),
    "source": _("Source"),
    "original_labels": _("Original labels"),
}
"""The columns that an import understands, in the order of the template, after the reference."""

FIELDS: Final[dict[str, Any]] = COLUMNS | {
    "contact_role": _("Contact"),
    "contact_email": _("Contact’s email address"),
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

NOTHING_TO_DECIDE: Final = (_("Nothing to import"), "grey")
"""What stands for "To decide" where no line is new or changed."""

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
