"""What the board says of itself to people who listen instead of looking, and of what others did lately."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def words() -> dict[str, str]:
    """The sentences without a number, by key."""
    return _own() | _happenings() | _done()


def _own() -> dict[str, str]:
    return {
        "say_untitled": _("without a name"),
        "say_note_added": _("Note added to %(column)s, %(place)s of %(all)s."),
        "say_moved": _("Moved to %(column)s, %(place)s of %(all)s."),
        "say_voted": _("Voted. %(left)s of %(budget)s votes left."),
        "say_unvoted": _("Vote taken back. %(left)s of %(budget)s votes left."),
        "say_ungrouped": _("Taken out of the group."),
        "say_restored": _("Put back."),
        "say_commented": _("Comment added."),
        "say_reacted": _("Noted."),
        "say_proposed": _("Action proposed."),
        "say_claimed": _("You do it."),
        "say_undone": _("Undone."),
        "say_redone": _("Done again."),
        "say_deleted": _("Deleted. It is in the bin."),
        "say_saved": _("Changed."),
        "too_large": _("This is too long to be sent. Make it shorter."),
        "say_drafted": _("Your words are in your drafts."),
    }


def _happenings() -> dict[str, str]:
    return {
        "say_joined": _("%(names)s joined. %(here)s here."),
        "say_left": _("%(names)s left. %(here)s here."),
        "say_offline": _("Offline. Notes are kept on this device."),
        "say_online": _("Back online."),
        "say_stage": _("Stage %(stage)s of 7: %(name)s."),
        "say_visible": _("Notes are now visible."),
        "say_locked": _("The facilitator locked editing."),
        "say_unlocked": _("Editing is open again."),
        "say_role_participant": _("You take part now."),
        "say_role_facilitator": _("You facilitate now."),
        "say_role_observer": _("You are watching now."),
        "say_role_screen": _("This is a screen now."),
        "say_spotlight": _("The facilitator points at “%(title)s”."),
        "say_time_up": _("Time is up. You can still finish your note."),
    }


def _done() -> dict[str, str]:
    return {
        "did_note.add": _("%(who)s added “%(title)s”"),
        "did_paper.add": _("%(who)s added “%(title)s” from paper"),
        "did_note.edit": _("%(who)s edited “%(title)s”"),
        "did_note.move": _("%(who)s moved “%(title)s”"),
        "did_note.delete": _("%(who)s deleted “%(title)s”"),
        "did_restore": _("%(who)s put “%(title)s” back"),
        "did_column.add": _("%(who)s added the column “%(title)s”"),
        "did_column.edit": _("%(who)s edited the column “%(title)s”"),
        "did_column.move": _("%(who)s moved the column “%(title)s”"),
        "did_column.delete": _("%(who)s deleted the column “%(title)s”"),
        "did_group.make": _("%(who)s made the group “%(title)s”"),
        "did_group.join": _("%(who)s added “%(title)s” to a group"),
        "did_group.name": _("%(who)s named the group “%(title)s”"),
        "did_group.move": _("%(who)s moved the group “%(title)s”"),
        "did_group.split": _("%(who)s split a group: “%(title)s”"),
        "did_ungroup": _("%(who)s took “%(title)s” out of a group"),
        "did_merge": _("%(who)s merged “%(title)s”"),
        "did_room.votes": _("%(who)s counted the room for “%(title)s”"),
        "did_comment.add": _("%(who)s commented: “%(title)s”"),
        "did_comment.edit": _("%(who)s edited the comment “%(title)s”"),
        "did_comment.delete": _("%(who)s deleted the comment “%(title)s”"),
        "did_action.propose": _("%(who)s proposed “%(title)s”"),
        "did_action.edit": _("%(who)s edited the action “%(title)s”"),
        "did_action.claim": _("%(who)s claimed “%(title)s”"),
        "did_action.release": _("%(who)s gave “%(title)s” back"),
        "did_action.delete": _("%(who)s deleted the action “%(title)s”"),
        "did_board.edit": _("%(who)s changed title or question"),
        "did_vote": _("Somebody voted for “%(title)s”"),
        "did_unvote": _("Somebody took a vote back from “%(title)s”"),
        "did_react": _("Somebody marked “%(title)s”"),
    }


def counted() -> dict[str, Callable[[int], str]]:
    """The sentences with a number."""
    return {
        "say_grouped": lambda n: ngettext(
            "Grouped with “%(title)s”, %(n)s note.", "Grouped with “%(title)s”, %(n)s notes.", n
        ),
        "say_in_column": lambda n: ngettext("%(n)s in %(column)s", "%(n)s in %(column)s", n),
        "say_new_notes": lambda n: ngettext("%(n)s new note: %(where)s.", "%(n)s new notes: %(where)s.", n),
        "say_new_comments": lambda n: ngettext("%(n)s new comment.", "%(n)s new comments.", n),
        "say_new_actions": lambda n: ngettext("%(n)s new action.", "%(n)s new actions.", n),
        "say_changes": lambda n: ngettext("%(n)s change by others.", "%(n)s changes by others.", n),
        "say_came": lambda n: ngettext("%(n)s joined. %(here)s here.", "%(n)s joined. %(here)s here.", n),
        "say_went": lambda n: ngettext("%(n)s left. %(here)s here.", "%(n)s left. %(here)s here.", n),
        "say_sent": lambda n: ngettext("Back online. %(n)s note sent.", "Back online. %(n)s notes sent.", n),
        "say_left_minutes": lambda n: ngettext("%(n)s minute left.", "%(n)s minutes left.", n),
        "say_left_seconds": lambda n: ngettext("%(n)s second left.", "%(n)s seconds left.", n),
        "say_minutes": lambda n: ngettext("%(n)s minute.", "%(n)s minutes.", n),
    }
