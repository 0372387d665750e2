"""Words of the board's dialogs, and of what can be done with a note."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def words() -> dict[str, str]:
    """The sentences without a number, by key."""
    return _shared() | _acts() | _notes() | _actions() | _board()


def _shared() -> dict[str, str]:
    return {
        "cancel": _("Cancel"),
        "close": _("Close"),
        "save": _("Save"),
        "error": _("Error:"),
        "filter": _("Show only those with these words"),
        "choose_one": _("Choose at least one: %(label)s"),
        "fill_in": _("Fill this in: %(label)s"),
        "number_between": _("%(label)s must be a whole number, at most %(most)s"),
        "nothing_to_choose": _("There is nothing to choose here yet."),
        "asking_server": _("Asking what this will do…"),
        "effects_none": _("Nothing on the board changes by this."),
        "effects_unknown": _("There is no connection to ask what this will do. You can still go on."),
        "place_first": _("First"),
        "place_last": _("Last"),
        "place_after": _("Behind another one, chosen next"),
        "behind": _("Behind “%(title)s”"),
        "in_group": _("Group “%(title)s”"),
        "is_there": _("where it is now"),
        "not_now": _("That is not possible here, or not in this stage."),
        "no_vote": _("Not possible. Votes you have left: %(left)s. Most of yours for one item: %(most)s."),
        "gone": _("This is not on the board any more."),
    }


def _acts() -> dict[str, str]:
    return {
        "acts": _("Actions"),
        "acts_title": _("Actions for “%(title)s”"),
        "acts_none": _("There is nothing you can do with this in this stage."),
        "act_vote": _("Vote"),
        "act_unvote": _("Take a vote back"),
        "act_agree": _("I agree"),
        "act_unsure": _("I am unsure"),
        "act_disagree": _("I disagree"),
        "act_comment": _("Comment"),
        "act_name": _("Name the group"),
        "act_edit": _("Edit"),
        "act_move": _("Move to…"),
        "act_group": _("Group with…"),
        "act_ungroup": _("Take out of the group"),
        "act_split": _("Split the group"),
        "act_apart": _("Take the group apart"),
        "act_merge": _("Merge with a duplicate"),
        "act_action": _("Make an action of it"),
        "act_room": _("Tally for the room"),
        "act_spotlight": _("Point everybody at this"),
        "act_timer": _("Start a timer for this"),
        "act_delete": _("Delete"),
        "act_redact": _("Remove the words for good"),
        "carry_begin": _("Picked up “%(title)s”. Arrows move it, Space drops it, Escape puts it back."),
        "carry_to": _("%(place)s"),
        "carry_at": _("%(column)s, %(place)s of %(of)s."),
        "carry_group": _("Into the group “%(title)s”, in %(column)s."),
        "carry_beside": _("Together with “%(title)s”."),
        "carry_stay": _("Dropped where it was."),
        "carry_end": _("Put back."),
    }


def _notes() -> dict[str, str]:
    return {
        "edit_title": _("Edit the note"),
        "note_text": _("Text of the note"),
        "name_title": _("Name “%(title)s”"),
        "group_name": _("Name of the group"),
        "move_title": _("Move “%(title)s”"),
        "move_where": _("Where to?"),
        "move_place": _("At which place?"),
        "move_after": _("Behind which one?"),
        "move_submit": _("Move"),
        "group_title": _("Group “%(title)s”"),
        "group_with": _("With what?"),
        "group_submit": _("Group"),
        "merge_title": _("Merge “%(title)s”"),
        "merge_intro": _("It goes away, and the other one gets its votes, marks and comments. This can be undone."),
        "merge_with": _("Which one stays?"),
        "merge_submit": _("Merge"),
        "split_title": _("Split “%(title)s”"),
        "split_intro": _("The notes you choose become a group of their own. The votes stay with the old group."),
        "split_notes": _("Which notes?"),
        "split_submit": _("Split"),
        "room_title": _("Tally for the room: “%(title)s”"),
        "room_intro": _("Votes by show of hands, of people without a device. Told with the votes, beside them."),
        "room_count": _("Votes in the room"),
        "comment_title": _("Comment on “%(title)s”"),
        "comment_edit_title": _("Edit the comment “%(title)s”"),
        "comment_text": _("Comment"),
        "comment_submit": _("Add comment"),
        "delete_title": _("Delete “%(title)s”?"),
        "delete_intro": _("It stays in the bin for 30 days, from where you can put it back."),
        "delete_submit": _("Delete"),
        "redact_title": _("Remove the words of “%(title)s” for good?"),
        "redact_intro": _("The words are removed from the board and from its history. Nobody can bring them back."),
        "redact_submit": _("Remove for good"),
        "paper_title": _("A note from paper"),
        "paper_intro": _("Type in what somebody wrote on paper. It says that it came from paper."),
        "paper_hidden": _("Type in what somebody wrote on paper. Names are hidden in this workshop, so it has none."),
        "paper_for": _("Written by somebody who takes part"),
        "paper_nobody": _("Nobody in this list"),
        "paper_name": _("Or written by"),
        "paper_name_hint": _("The name, if they want it to be seen."),
        "paper_submit": _("Add, and type in another one"),
    }


def _actions() -> dict[str, str]:
    return {
        "action_title": _("Propose an action"),
        "action_edit_title": _("Edit the action"),
        "action_from": _("From “%(title)s”."),
        "action_what": _("What is to be done?"),
        "action_as": _("What it becomes afterwards"),
        "as_action": _("Action"),
        "as_initiative": _("Draft of an initiative"),
        "as_measure": _("Idea for a measure"),
        "as_risk": _("Risk"),
        "action_who": _("Who?"),
        "action_who_hint": _("A person or an organisation. They are asked, and have to accept."),
        "action_due": _("By when?"),
        "action_submit": _("Propose"),
    }


def _board() -> dict[str, str]:
    return {
        "next_title": _("Go on to %(stage)s?"),
        "next_submit": _("Go on to %(stage)s"),
        "back_title": _("Go back to %(stage)s?"),
        "back_submit": _("Go back to %(stage)s"),
        "timer_title": _("Start a timer"),
        "timer_on_title": _("Start a timer for “%(title)s”"),
        "timer_minutes": _("Minutes"),
        "timer_submit": _("Start"),
        "reveal_title": _("Reveal notes"),
        "reveal_which": _("Of which columns?"),
        "reveal_submit": _("Reveal"),
        "column_add_title": _("Add a column"),
        "column_add_submit": _("Add column"),
        "column_edit_title": _("Edit the column “%(title)s”"),
        "column_name": _("Name of the column"),
        "column_prompt": _("What belongs here"),
        "column_after": _("Place"),
        "column_delete_title": _("Delete the column “%(title)s”?"),
        "column_delete_intro": _("It is empty. You can put it back from the bin."),
        "board_title": _("Title and question of the board"),
        "board_name": _("Title"),
        "board_prompt": _("Question"),
    }


def counted() -> dict[str, Callable[[int], str]]:
    """The sentences with a number."""
    return {
        "too_long": lambda n: ngettext(
            "%(label)s: this is %(n)s character long. The most is %(most)s.",
            "%(label)s: this is %(n)s characters long. The most is %(most)s.",
            n,
        ),
        "stage_timer": lambda n: ngettext(
            "Start a timer of %(n)s minute, as planned", "Start a timer of %(n)s minutes, as planned", n
        ),
    }
