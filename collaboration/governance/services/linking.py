"""What a decision changes: an initiative, something a framework says, another board, an organisation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from collaboration.governance.models import Decision, DecisionChange
from collaboration.governance.queries import boards
from collaboration.governance.services.decision_rows import locked
from collaboration.initiatives import queries as register
from collaboration.initiatives.services import cleaning
from groundwork.access.actors import Actor
from groundwork.access.errors import Conflict, NotFound
from groundwork.audit.services import keep
from groundwork.clock import now
from groundwork.directory.queries import find_organisation
from vision.frameworks.queries import find_element

MOST = 30


@transaction.atomic
def add(
    *,
    actor: Actor,
    decision: Decision,
    what: str,
    initiative: str = "",
    element: str = "",
    board: str = "",
    organisation: str = "",
    at: datetime | None = None,
) -> DecisionChange:
    """One thing it changes, named by reference, code, slug or name; ``what`` says in words how.

    Raises :class:`Invalid` by field. Nobody can link what they may not see. The same
    said twice is said once.
    """
    row = locked(decision, actor=actor, verb="decision.change")
    if row.changes.count() >= MOST:
        raise Conflict(_("That is enough: a decision names no more than %d things it changes.") % MOST)
    problems = cleaning.Problems()
    made = DecisionChange(decision=row, order=row.changes.count())
    made.what = cleaning.text(
        what, field="what", label=_("What it changes"), longest=300, problems=problems, required=True
    )
    given = {
        "initiative": initiative.strip(),
        "element": element.strip(),
        "board": board.strip(),
        "organisation": organisation.strip(),
    }
    named = [name for name, value in given.items() if value]
    if len(named) != 1:
        problems.add(named[-1] if named else "initiative", _("Name one thing that it changes, and one only."))
    elif named == ["initiative"]:
        try:
            made.initiative = register.get(actor, given["initiative"])
        except NotFound as error:
            problems.add("initiative", error.message)
    elif named == ["element"]:
        made.element = find_element(given["element"])
        if made.element is None:
            problems.add("element", _("There is nothing of that code or name, or several things are called so."))
    elif named == ["board"]:
        try:
            made.board = boards.get(actor, given["board"])
        except NotFound as error:
            problems.add("board", error.message)
    else:
        made.organisation = find_organisation(given["organisation"])
        if made.organisation is None:
            problems.add("organisation", _("There is no organisation of that name."))
    problems.raise_if_any()
    known = row.changes.filter(
        what=made.what, initiative=made.initiative, element=made.element, board=made.board,
        organisation=made.organisation,
    ).first()  # fmt: skip
    if known is not None:
        return known
    made.save()
    keep(actor=actor, action="decision.link", obj=row, changes={"changes": [None, made.what]}, at=at or now())
    return made


@transaction.atomic
def remove(*, actor: Actor, decision: Decision, pk: int, at: datetime | None = None) -> None:
    """It does not change that after all. Removing twice is once."""
    row = locked(decision, actor=actor, verb="decision.change")
    made = row.changes.filter(pk=pk).first()
    if made is not None:
        keep(actor=actor, action="decision.link", obj=row, changes={"changes": [made.what, None]}, at=at or now())
        made.delete()
