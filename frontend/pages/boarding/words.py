"""Every word of the live board's page, in the reader's language: the scripts bring none of their own.

``%(name)s`` is filled by the scripts. Where a number decides about the form, the number is ``n``, and the forms are
given as ``key.one``, ``key.other`` and so on, by the categories of CLDR that browsers know (``Intl.PluralRules``).
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.pages.boarding import asking, saying

_SAMPLES = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}
"""A number of each category, in most languages that have the category."""


def words() -> dict[str, str]:
    """All sentences by key, for the scripts of the board."""
    said = _view() | _stages() | _keys() | asking.words() | saying.words()
    for key, form in (_counted() | asking.counted() | saying.counted()).items():
        said |= forms(key, form)
    return said


def forms(key: str, form: Callable[[int], str]) -> dict[str, str]:
    """The forms of a sentence with a number; those that are as the form for many are left out."""
    other = form(_SAMPLES["other"])
    made = {f"{key}.{name}": form(number) for name, number in _SAMPLES.items() if form(number) != other}
    return made | {f"{key}.other": other}


def _stages() -> dict[str, str]:
    return {
        "stage_0": _("Lobby"),
        "stage_1": _("Write"),
        "stage_2": _("Reveal"),
        "stage_3": _("Group"),
        "stage_4": _("Vote"),
        "stage_5": _("Discuss"),
        "stage_6": _("Commit"),
        "stage_7": _("Close"),
        "stages": _("Stages of the workshop"),
        "stage_of": _("Stage %(at)s of %(of)s: %(stage)s"),
        "stage_lobby": _("Lobby: before the first stage"),
        "task_0": _("The workshop has not begun. You can already choose how this page looks and speaks to you."),
        "task_1": _("Write what you think, one thought on each note. Others see it when notes are revealed."),
        "task_2": _("Read what was written, as a facilitator reveals it. You can still change your own notes."),
        "task_3": _("Lay together what belongs together, and give groups a name."),
        "task_4": _("You have %(budget)s votes, at most %(most)s for one item. You can change them until voting ends."),
        "task_5": _("Talk about what matters most. Comment, and say whether you agree."),
        "task_6": _("Propose what is to be done: what, who, by when. Claim what you will do."),
        "task_7": _("The workshop is closed. Everything here stays as it is."),
        "task_watching": _("You can read along here and change nothing."),
        "names_shown": _("Others will see your name with your notes."),
        "names_hidden": _("Nobody sees who wrote a note, facilitators included."),
    }


def _keys() -> dict[str, str]:
    return {
        "help": _("Keys and help"),
        "key_V": "V",
        "key_⇧V": "⇧ V",
        "key_E": "E",
        "key_M": "M",
        "key_G": "G",
        "key_A": "A",
        "key_C": "C",
        "key_DELETE": _("Del"),
    }


def _view() -> dict[str, str]:
    return {
        "loading": _("The board is on its way…"),
        "failed": _(
            "Something on this page failed. What you wrote is kept here. The simple version below still works."
        ),
        "reload": _("Load the page again"),
        "timer": _("Timer"),
        "timer_for": _("for “%(title)s”"),
        "time_is_up": _("Time is up"),
        "timer_one": _("+1 minute"),
        "timer_five": _("+5 minutes"),
        "timer_stop": _("Stop the timer"),
        "back_button": _("Back one stage"),
        "next_button": _("Go on to %(stage)s"),
        "undo": _("Undo"),
        "redo": _("Do again"),
        "locked": _("The facilitator locked editing."),
        "locked_by_you": _("Editing is locked for everybody but facilitators. Nobody is kept from voting."),
        "connection_connecting": _("Connecting…"),
        "connection_live": _("Connected"),
        "connection_streaming": _("Connected, in a slower way"),
        "connection_polling": _("Connected, with news every five seconds"),
        "connection_offline": _("Offline. Notes are kept on this device."),
        "connection_ended": _("Not connected any more"),
        "remembers_nothing": _("This browser keeps nothing: leave this page open until all is sent."),
        "spotlight": _("Spotlight"),
        "spotlight_on": _("The facilitator points at “%(title)s”."),
        "spotlight_off": _("Stop pointing"),
        "spotlit": _("In the spotlight"),
        "go_there": _("Go there"),
        "composer": _("New note"),
        "composer_add": _("Add note"),
        "composer_enter": _("Enter adds the note. Shift and Enter begins a new line."),
        "composer_button": _("Enter begins a new line. The button adds the note."),
        "column": _("Column"),
        "pattern": _("Pattern"),
        "pattern_said": _("Pattern"),
        "pattern_hint": _("A mark of your own, with a letter, to tell notes apart."),
        "pattern_none": _("None"),
        "pattern_0": _("A, solid"),
        "pattern_1": _("B, rising stripes"),
        "pattern_2": _("C, dots"),
        "pattern_3": _("D, level stripes"),
        "pattern_4": _("E, upright stripes"),
        "pattern_5": _("F, squares"),
        "pattern_6": _("G, falling stripes"),
        "pattern_7": _("H, grid"),
        **{f"letter_{at}": letter for at, letter in enumerate("ABCDEFGH")},
        "column_option": _("%(place)s of %(of)s: %(title)s"),
        "none_yet": _("Nothing here yet."),
        "none_here": _("Nothing here."),
        "drop_here": _("Drops here"),
        "erased": _("The words were removed for good."),
        "group_untitled": _("Group without a name"),
        "you": _("You"),
        "yours": _("Yours"),
        "somebody": _("somebody without a name"),
        "by": _("By %(who)s"),
        "from_paper": _("From paper"),
        "only_yours": _("Only you see this"),
        "new": _("New to you"),
        "timed": _("The timer runs for this"),
        "mark_yours_agree": _("You agree"),
        "mark_yours_unsure": _("You are unsure"),
        "mark_yours_disagree": _("You disagree"),
        "state_saved": _("Saved"),
        "state_sending": _("Sending"),
        "state_kept": _("Kept on this device"),
        "for": _("for “%(title)s”"),
        "comments_on": _("Comments on “%(title)s”"),
        "panel": _("Panel"),
        "reading": _("Reading"),
        "reading_done": _("I have read these"),
        "action_new": _("Propose an action"),
        "action_who_said": _("Who: %(who)s"),
        "action_due_said": _("By %(due)s"),
        "action_sources": _("From:"),
        "claimed_you": _("You do it"),
        "claimed_by": _("%(who)s does it"),
        "action_claim": _("I do it"),
        "action_release": _("Give it back"),
        "ranking": _("By votes"),
        "tie": _("Tie"),
        "drafts_hint": _("Words that were not sent or not taken. Only you have them, on this device."),
        "draft_take": _("Write it as a note"),
        "draft_copy": _("Copy"),
        "draft_drop": _("Throw away"),
        "people_hidden": _("Names are hidden in this workshop."),
        "people_none": _("Nobody has given a name."),
        "follow": _("Follow"),
        "bin_hint": _("What was deleted stays here for 30 days."),
        "restore": _("Put back"),
        "link_join": _("About this workshop"),
        "link_feedback": _("Leave feedback"),
        "link_report": _("Report of the workshop"),
        "facilitator": _("Facilitate"),
        "timer_start": _("Start a timer"),
        "lock": _("Lock editing"),
        "unlock": _("Unlock editing"),
        "paper": _("Add a note from paper"),
        "board_edit": _("Edit title and question"),
        "columns": _("Columns"),
        "column_add": _("Add a column"),
        "recent": _("What others did lately"),
    }


def _counted() -> dict[str, Callable[[int], str]]:
    return {
        "waiting": lambda n: ngettext("%(n)s change waits to be sent", "%(n)s changes wait to be sent", n),
        "paused": lambda n: ngettext("Paused: %(n)s change waiting. Go on", "Paused: %(n)s changes waiting. Go on", n),
        "votes_left": lambda n: ngettext("%(n)s of %(budget)s votes left", "%(n)s of %(budget)s votes left", n),
        "votes_cast": lambda n: ngettext(
            "%(n)s vote given so far. People who voted: %(voters)s.",
            "%(n)s votes given so far. People who voted: %(voters)s.",
            n,
        ),
        "characters_left": lambda n: ngettext("%(n)s character left", "%(n)s characters left", n),
        "column_choice": lambda n: ngettext("%(n)s column", "%(n)s columns: choose one, or swipe", n),
        "notes": lambda n: ngettext("%(n)s note", "%(n)s notes", n),
        "hidden_others": lambda n: ngettext("%(n)s note by others, hidden", "%(n)s notes by others, hidden", n),
        "hidden_waiting": lambda n: ngettext("%(n)s note not revealed yet", "%(n)s notes not revealed yet", n),
        "votes": lambda n: ngettext("%(n)s vote", "%(n)s votes", n),
        "votes_yours": lambda n: ngettext("%(n)s vote of yours", "%(n)s votes of yours", n),
        "votes_room": lambda n: ngettext("and %(n)s in the room", "and %(n)s in the room", n),
        "votes_waits": lambda n: ngettext(
            "%(n)s in the room: only facilitators see this until voting ends",
            "%(n)s in the room: only facilitators see this until voting ends",
            n,
        ),
        "of_room": lambda n: ngettext("of these %(n)s in the room", "of these %(n)s in the room", n),
        "marks_agree": lambda n: ngettext("%(n)s agrees", "%(n)s agree", n),
        "marks_unsure": lambda n: ngettext("%(n)s unsure", "%(n)s unsure", n),
        "marks_disagree": lambda n: ngettext("%(n)s disagrees", "%(n)s disagree", n),
        "reading_new": lambda n: ngettext("Only what is new to me (%(n)s)", "Only what is new to me (%(n)s)", n),
        "actions": lambda n: ngettext("Actions (%(n)s)", "Actions (%(n)s)", n),
        "drafts": lambda n: ngettext("My drafts (%(n)s)", "My drafts (%(n)s)", n),
        "people": lambda n: ngettext("People (%(n)s here)", "People (%(n)s here)", n),
        "bin": lambda n: ngettext("Bin (%(n)s)", "Bin (%(n)s)", n),
        "reveal": lambda n: ngettext("Reveal %(n)s note…", "Reveal %(n)s notes…", n),
    }
