"""What a step to another stage will do, said before it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collaboration.boards.engine.refusals import gettext_noop
from collaboration.boards.engine.stages import Stage
from collaboration.boards.engine.state import State


@dataclass(frozen=True, slots=True)
class Effect:
    """A sentence as a template and what fills it, for whoever shows it to translate."""

    template: str
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.template % self.about if self.about else self.template


def effects(state: State, goal: Stage) -> list[Effect]:
    """What going to the next stage or back one will do. ``goal`` is a neighbour of the present stage."""
    now = state.stage
    hidden = sum(map(len, state.hidden.values()))
    cast = sum(state.total.values())
    said: list[Effect] = []
    if goal == Stage.WRITE and now < goal:
        said.append(Effect(gettext_noop("From now on the rules of the workshop are fixed. Nobody sees others’ notes.")))
    if now == Stage.WRITE:
        said.append(Effect(gettext_noop("Writing ends. What somebody has not sent yet goes to their drafts.")))
    if goal == Stage.WRITE and now > goal:
        said.append(
            Effect(gettext_noop("Notes that were shown stay visible. New ones are hidden until you reveal them."))
        )
    if goal == Stage.GROUP and now < goal and hidden:
        said.append(Effect(gettext_noop("%(count)s hidden notes are revealed."), {"count": hidden}))
    if now == Stage.VOTE and goal > now:
        said.append(Effect(gettext_noop("Voting ends. %(count)s votes are counted and shown."), {"count": cast}))
    if now == Stage.VOTE and goal < now:
        said.append(
            Effect(gettext_noop("Votes stay where they are: %(count)s. New groups start at 0."), {"count": cast})
        )
    if goal == Stage.VOTE and now > goal:
        said.append(Effect(gettext_noop("Votes stay, and can be changed again.")))
        if state.things["board"]["totals"] == "hidden":
            said.append(Effect(gettext_noop("Totals are hidden until voting ends.")))
    if goal == Stage.CLOSE:
        said.append(Effect(gettext_noop("Nothing can be changed any more. You can come back to this stage.")))
    if state.things["board"].get("timer"):
        said.append(Effect(gettext_noop("The timer stops.")))
    return said
