"""The words of the pages about meetings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STATUSES = {
    "planned": (_("Planned"), "yellow"),
    "called": (_("Called"), "green"),
    "running": (_("Under way"), "teal"),
    "held": (_("Held"), "grey"),
    "cancelled": (_("Cancelled"), "red"),
}
"""A meeting's state: its word and the colour of its tag."""

ANSWERS = {
    "": (_("No answer yet"), "grey"),
    "yes": (_("Coming"), "green"),
    "maybe": (_("Perhaps"), "yellow"),
    "no": (_("Not coming"), "red"),
    "deputy": (_("Sending the deputy"), "teal"),
}

ACCESS = (
    ("public", _("Everyone")),
    ("partners", _("Partners of the place")),
    ("board", _("This board")),
    ("named", _("Named people")),
)
ACCESS_HINTS = {
    "public": _("Listed for residents too. Exempt items and the video call are not shown to them."),
    "named": _("Only people named for it, the chair and the secretaries."),
}

EVERY = (
    ("", _("It is one meeting")),
    ("week", _("Every week")),
    ("fortnight", _("Every two weeks")),
    ("month", _("Every month, on the same weekday")),
    ("two_months", _("Every two months, on the same weekday")),
    ("quarter", _("Every three months, on the same weekday")),
)

PURPOSES = (
    ("decision", _("For decision")),
    ("discussion", _("For discussion")),
    ("information", _("For information")),
)
KINDS = (
    ("item", _("An item of business")),
    ("apologies", _("Welcome and apologies")),
    ("interests", _("Declarations of interest")),
    ("minutes", _("Minutes of the last meeting")),
    ("arising", _("Matters arising")),
    ("other", _("Any other business")),
)
