"""The sentences of taking part: what a stage is for, what was done, what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy

NOW: Final[Mapping[int, Any]] = {
    0: gettext_lazy("We have not begun. You can look at what is planned and wait here."),
    1: gettext_lazy("Write your notes. Nobody sees them until they are revealed."),
    2: gettext_lazy("Read what everybody wrote. You can still change or delete your own notes."),
    3: gettext_lazy("Put together what says the same: tick notes and group them, or open one and move it."),
    4: gettext_lazy("Give your votes to what matters most. You can change them until voting ends."),
    5: gettext_lazy("Talk it over. Open a note or group to comment, or to say if you agree."),
    6: gettext_lazy("Say what is to be done, by whom and by when. Claim what you will do."),
    7: gettext_lazy("The workshop is closing. Nothing on the board changes any more."),
}
"""What one does in each stage."""

WATCHING = gettext_lazy("You are watching. You can read the board, and change nothing on it.")

DONE: Final[Mapping[str, Any]] = {
    "write": gettext_lazy("Your note was added."),
    "paper": gettext_lazy("The paper note was added."),
    "edit": gettext_lazy("The note was changed."),
    "move": gettext_lazy("It was moved."),
    "up": gettext_lazy("It was moved up."),
    "down": gettext_lazy("It was moved down."),
    "delete": gettext_lazy("The note was deleted. You find it in the bin for 30 days."),
    "restore": gettext_lazy("It is back on the board."),
    "add-column": gettext_lazy("The column was added."),
    "edit-column": gettext_lazy("The column was changed."),
    "delete-column": gettext_lazy("The column was deleted."),
    "group": gettext_lazy("They were grouped."),
    "several": gettext_lazy("The notes were grouped."),
    "gather": gettext_lazy("The ticked notes were grouped."),
    "gather-into": gettext_lazy("The ticked notes were put into the group."),
    "name": gettext_lazy("The group was named."),
    "split": gettext_lazy("A new group was made of the ticked notes."),
    "take-out": gettext_lazy("The ticked notes were taken out of the group."),
    "apart": gettext_lazy("The group was taken apart. Its votes are on its first note."),
    "merge": gettext_lazy("The two became one. Votes and comments were kept."),
    "vote": gettext_lazy("You voted."),
    "unvote": gettext_lazy("You took a vote back."),
    "room": gettext_lazy("The tally for the room was entered."),
    "comment": gettext_lazy("Your comment was added."),
    "edit-comment": gettext_lazy("The comment was changed."),
    "delete-comment": gettext_lazy("The comment was deleted."),
    "agree": gettext_lazy("You agree. You can change that."),
    "unsure": gettext_lazy("You are unsure. You can change that."),
    "disagree": gettext_lazy("You disagree. You can change that."),
    "unmark": gettext_lazy("You took your mark back."),
    "propose": gettext_lazy("The action was proposed."),
    "edit-action": gettext_lazy("The action was changed."),
    "claim": gettext_lazy("You claimed it."),
    "release": gettext_lazy("It is free to be claimed again."),
    "delete-action": gettext_lazy("The action was deleted."),
    "on": gettext_lazy("The workshop went on to the next stage."),
    "back": gettext_lazy("The workshop went back one stage."),
    "timer": gettext_lazy("The timer runs."),
    "minute": gettext_lazy("One minute was added."),
    "minutes": gettext_lazy("Five minutes were added."),
    "stop": gettext_lazy("The timer was stopped."),
    "reveal": gettext_lazy("The notes were revealed."),
    "lock": gettext_lazy("Editing is locked. Nobody is kept from voting."),
    "unlock": gettext_lazy("Editing is open again."),
    "spotlight": gettext_lazy("Everybody sees the change of the spotlight."),
    "rules": gettext_lazy("The rules were saved."),
    "words": gettext_lazy("The title and question were saved."),
    "redact": gettext_lazy("The words were removed for good."),
    "undo": gettext_lazy("It was undone."),
    "redo": gettext_lazy("It was done again."),
    "admit": gettext_lazy("They are in."),
    "admit-all": gettext_lazy("Everybody who waited is in."),
    "refuse": gettext_lazy("They were turned away."),
    "lock-joining": gettext_lazy("Nobody new can join."),
    "unlock-joining": gettext_lazy("People can join again."),
    "gone": gettext_lazy("That is not on the board any more."),
    "feedback": gettext_lazy("Thank you. Your answer was sent."),
}
"""What is said after each act. An address carries the key, so that nothing needs to be remembered of a guest."""
