"""Every way of saying no: a code for programs, a sentence for people, and what becomes of the text.

The sentences are templates, for whoever shows them to translate: ``gettext(refusal.template) % refusal.about``.
This package knows no translations itself; ``gettext_noop`` only marks the sentences for the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NoReturn

Fate = Literal["drafts", "kept"]
"""What a client does with the text of a refused op: into *My drafts*, or kept in the outbox and sent again later."""


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for translation and returns it unchanged."""
    return sentence


SENTENCES: Final[dict[str, str]] = {
    # The frame
    "not_json": gettext_noop("This message could not be read."),
    "too_large": gettext_noop("This message is too large. The most is %(most)s bytes."),
    "too_deep": gettext_noop("This message has too many layers inside each other. The most is %(most)s."),
    "unknown_frame": gettext_noop("This server does not know this sort of message."),
    "unknown_kind": gettext_noop("This server does not know this sort of change."),
    "unknown_key": gettext_noop("This change holds something that does not belong there: %(key)s."),
    "missing_key": gettext_noop("This change lacks something: %(key)s."),
    "wrong_type": gettext_noop("%(key)s is not what it should be: %(expected)s."),
    "not_an_id": gettext_noop("%(key)s is not an id."),
    "out_of_range": gettext_noop("%(key)s must be from %(least)s to %(most)s."),
    "too_many": gettext_noop("Too many at once in %(key)s. The most is %(most)s."),
    "twice": gettext_noop("%(key)s names the same thing twice."),
    "other_board": gettext_noop("This change is for another board."),
    "ahead": gettext_noop("This page has seen more than the server holds. Load the page again."),
    # The text
    "text_empty": gettext_noop("Write something first."),
    "text_too_long": gettext_noop("This is %(length)s characters long. The most is %(most)s."),
    "text_control": gettext_noop("There is a control character in the text. Type it again instead of pasting it."),
    "text_direction": gettext_noop(
        "There is a hidden mark in the text that changes its direction. Type it again instead of pasting it."
    ),
    "text_broken": gettext_noop("There is a broken character in the text. Type it again."),
    # Who may, and when
    "not_in_stage": gettext_noop("That is not possible in this stage (%(stage)s)."),
    "not_your_role": gettext_noop("Only a facilitator can do that."),
    "watching": gettext_noop("This screen only watches. Join the workshop to take part."),
    "not_yours": gettext_noop("Only the person who wrote this can do that now."),
    "locked": gettext_noop("The facilitator locked editing."),
    "grouping_limited": gettext_noop("In this workshop only facilitators group notes."),
    "no_device": gettext_noop(
        "Names are hidden here, and this browser has sent no key of its own. Load the page again."
    ),
    "names_hidden": gettext_noop("Names are hidden in this workshop, so a note cannot be put in somebody’s name."),
    "settings_fixed": gettext_noop("These rules were fixed before writing began and stay as they are."),
    "names_promised": gettext_noop(
        "People have joined who were told that names are hidden here, so names stay hidden."
    ),
    # The things
    "unknown_thing": gettext_noop("This is not on the board."),
    "in_bin": gettext_noop("This was deleted in the meantime."),
    "not_in_bin": gettext_noop("This is not in the bin."),
    "wrong_thing": gettext_noop("That cannot be done with this."),
    "not_shown": gettext_noop("This has not been revealed yet."),
    "id_taken": gettext_noop("There is already something with this id."),
    "op_id_taken": gettext_noop("Somebody else’s change has this id."),
    "erased": gettext_noop("The text of this was removed for good."),
    "board_full": gettext_noop("The board holds %(most)s of these, and no more."),
    "bin_full": gettext_noop("The bin is full."),
    "column_not_empty": gettext_noop("There are still notes in this column. Move them first."),
    "last_column": gettext_noop("A board needs a column."),
    "into_itself": gettext_noop("A thing cannot be put into itself."),
    "no_votes_left": gettext_noop("All of your %(budget)s votes are spent. Take one back first."),
    "most_on_one": gettext_noop("The most votes on one item is %(most)s."),
    "no_vote_there": gettext_noop("You have no such vote there."),
    "in_a_group": gettext_noop("This note is in a group. Vote for the group."),
    "claimed": gettext_noop("Somebody has claimed this already."),
    # Stages, timer
    "stage_moved": gettext_noop("The stage was changed in the meantime. Look again."),
    "no_such_stage": gettext_noop("There is no further stage on this side."),
    "no_timer": gettext_noop("No timer is running."),
    "nothing_to_reveal": gettext_noop("There is nothing left to reveal."),
    # Undo
    "nothing_to_undo": gettext_noop("There is nothing to undo."),
    "nothing_to_redo": gettext_noop("There is nothing to do again."),
    "too_late": gettext_noop("A facilitator can undo what others did within 10 minutes."),
    "overtaken": gettext_noop("This was changed since. Undoing it would take that change away."),
    # Said by whoever holds the sockets
    "slow_down": gettext_noop("That was very fast. It is kept here and sent again."),
    "not_saved": gettext_noop("The server could not save this. It is kept here and sent again."),
}
"""Sentence by code."""

KEPT: Final = frozenset({"slow_down", "not_saved"})
"""Refusals that pass: the client keeps the op and sends the same op again. All others are final."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """No, and why. ``about`` fills the sentence's places and holds nothing that its reader may not see."""

    code: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The English sentence with its places unfilled, as it stands in the translation catalogue."""
        return SENTENCES[self.code]

    @property
    def sentence(self) -> str:
        return self.template % self.about if self.about else self.template

    @property
    def text(self) -> Fate:
        return "kept" if self.code in KEPT else "drafts"


class Refused(Exception):
    """How a rule says no inside the engine. It never leaves it: what is returned is a :class:`Rejected`."""

    def __init__(self, rejected: Rejected) -> None:
        super().__init__(rejected.code)
        self.rejected = rejected


def refuse(code: str, **about: Any) -> NoReturn:
    """Say no from within a rule or a check."""
    raise Refused(Rejected(code, about))
