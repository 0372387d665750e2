"""The words of the organisers' pages: stages, rules, states, roles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from collaboration.workshops import stages

STAGES = {number: (title, meaning) for number, title, meaning in stages.STAGES}
"""Each stage of a board: its name, and what happens in it."""
ALWAYS_PLANNED = stages.ALWAYS
"""People arrive and leave in every workshop."""

STATUSES = {
    "planned": (_("Planned"), "yellow"),
    "open": (_("Open"), "green"),
    "reported": (_("Reported"), ""),
    "archived": (_("Archived"), "grey"),
    "cancelled": (_("Cancelled"), "red"),
}
"""A workshop's state: its word and the colour of its tag."""

ANSWERS = {
    "": (_("No answer yet"), "grey"),
    "yes": (_("Coming"), "green"),
    "maybe": (_("Perhaps"), "yellow"),
    "no": (_("Not coming"), "red"),
}

VISIBILITIES = (
    ("invited", _("Only people who take part")),
    ("partners", _("Partners of the place")),
    ("public", _("Everyone")),
)
VISIBILITY_HINTS = {
    "invited": _("Facilitators, those who were invited and those who joined."),
    "partners": _(
        "People signed in for an organisation of the place can find it, join it while it is open, and read the report."
    ),
    "public": _(
        "It is listed for residents too, and whoever finds it can join while it is open. Use the lobby to let people "
        "in one by one. Notes are shown without names where names are hidden."
    ),
}

NAMES = (("shown", _("Yes")), ("hidden", _("No")))
NAMES_HINTS = {
    "shown": _("Everybody sees who wrote what, once notes are revealed. People may still join without a name."),
    "hidden": _("Nobody sees who wrote what, facilitators included."),
}
TOTALS = (("hidden", _("When voting is over")), ("shown", _("While people vote")))
TOTALS_HINTS = {
    "hidden": _("Nobody is led by what others chose."),
    "shown": _("Everybody sees the totals grow."),
}
GROUPING = (("everyone", _("Everyone")), ("facilitator", _("Facilitators only")))

ROLES = (
    ("participant", _("Participant")),
    ("facilitator", _("Facilitator")),
    ("observer", _("Observer")),
)
ROLE_HINTS = {
    "participant": _("Writes, groups, votes, discusses."),
    "facilitator": _("Also changes stages, lets people in, and closes the workshop."),
    "observer": _("Reads along and changes nothing."),
}

FILTERS = (
    ("", _("Upcoming and open")),
    ("open", _("Open now")),
    ("past", _("Past")),
    ("mine", _("Mine: I organise, facilitate or take part")),
    ("all", _("All")),
)
