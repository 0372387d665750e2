"""The keyboard map of the board, as its help tells it, and the settings that are switched on and off."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

KEYS = (
    (_("Tab"), _("From the stages to the box for writing, to each column, to the panel. Shift and Tab goes back")),
    ("↑ ↓", _("The note above or below, in the same column")),
    ("← →", _("The same row in the next column")),
    (_("Home, End"), _("The first or last note of the column")),
    (_("Enter"), _("Open the actions of a note")),
    (_("Space"), _("Pick up, then arrows to move, then Space to drop. Esc puts it back")),
    ("N", _("New note in this column")),
    ("E", _("Edit the note, or name the group")),
    ("M", _("Move to…")),
    ("G", _("Group with…")),
    ("V", _("Vote")),
    (_("Shift and V"), _("Take a vote back")),
    ("A", _("Make an action of it")),
    ("C", _("Comment")),
    (_("Delete"), _("Delete the note, after a question")),
    (_("Ctrl and Z"), _("Undo what you did last")),
    (_("Ctrl, Shift and Z"), _("Do it again")),
    ("?", _("This help")),
)
"""The key, and what it does."""

SWITCHES = (
    ("pause", _("Pause updates: others’ changes wait")),
    ("shortcuts", _("Letters are keys of the board")),
    ("enter", _("Enter adds a note")),
    ("jump", _("Scroll to what a facilitator points at")),
)
"""The name of a setting for the script, and its label."""
