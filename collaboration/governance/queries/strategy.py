"""Who is told when a decision goes against the strategy, and what the strategy says then.

A framework of the place may say what becomes of decisions contrary to it ("legal effect" in its catalogue entry: once
the council has adopted its organisation strategy, executive decisions contrary to it become recommendations that full
council decides). The platform refers such a decision to those who keep the framework; it decides nothing for them.
"""

from __future__ import annotations

from collaboration.governance.models import Decision
from groundwork.directory.models import Organisation
from vision.frameworks.models import Framework
from vision.frameworks.queries import vision


def frameworks_of(decision: Decision) -> list[Framework]:
    """The frameworks whose elements it is about; those of its board where it names none; else the shared vision."""
    for elements in (decision.elements, decision.board.elements):
        found = Framework.objects.filter(pk__in=elements.order_by().values("framework")).select_related("owner")
        if rows := list(found.order_by("order", "title")):
            return rows
    shared = vision()
    return [shared] if shared is not None else []


def keepers(decision: Decision) -> list[Organisation]:
    """The organisations that own those frameworks, each once."""
    owners = {each.owner.pk: each.owner for each in frameworks_of(decision) if each.owner is not None}
    return list(owners.values())


def keepers_words(decision: Decision) -> list[tuple[Framework, str]]:
    """Each of those frameworks with what it says of decisions contrary to it; "" where it does not say."""
    return [(each, str(each.facts.get("legal_effect") or "")) for each in frameworks_of(decision)]
