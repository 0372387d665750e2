"""What moves of workshops when an organisation is succeeded: those that are still to be held, or are being held.

A workshop that was reported stays with who held it, and those who facilitated it go on looking after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.workshops.models import Participation, Workshop
from groundwork.audit.services import keep_many
from groundwork.succession.moving import Held, Moved, Mover, Moving, on_mandates_followed, register

COMING = (Workshop.Status.PLANNED, Workshop.Status.OPEN)


def _held(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = Workshop.objects.filter(host__in=holders, status__in=COMING).order_by("pk")
    return [
        # One for invited people is nobody else's to know.
        Held(str(each.pk), each.host_id, _("A workshop for invited people") if _is_closed(each) else each.title)
        for each in rows
    ]


def _is_closed(workshop: Workshop) -> bool:
    return workshop.sensitive or workshop.visibility == Workshop.Visibility.INVITED


def _move(moving: Moving, moved: Sequence[Moved]) -> None:
    rows = Workshop.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    acts = []
    for each in moved:
        row = rows[int(each.item)]
        row.host_id = each.after
        row.version += 1
        names = [str(moving.things[each.before]), str(moving.things[each.after])]
        acts.append(("workshop.succeed", row, {"host": names}))
    Workshop.objects.bulk_update(rows.values(), ["host", "version"], batch_size=200)
    keep_many(actor=moving.actor, acts=acts, at=moving.at)


@on_mandates_followed
def _mandates(pairs: Mapping[int, int]) -> None:
    """Whoever takes part goes on taking part. In what is still to be held they do so for the successor."""
    rows = list(
        Participation.objects.select_for_update().filter(mandate__in=pairs).annotate(state=F("workshop__status"))
    )
    for row in rows:
        before = row.mandate_id or 0
        row.mandate_id = pairs[before]
    Participation.objects.bulk_update(rows, ["mandate"], batch_size=200)
    coming = [row.pk for row in rows if row.state in COMING]
    for each in Participation.objects.filter(pk__in=coming, organisation__isnull=False).select_related("mandate"):
        if each.mandate is not None and each.organisation_id != each.mandate.organisation_id:
            each.organisation_id = each.mandate.organisation_id
            each.save(update_fields=["organisation"])


register(
    Mover(
        noun="workshops",
        of="organisation",
        one=gettext_lazy("workshop"),
        many=gettext_lazy("workshops"),
        held=_held,
        move=_move,
        order=46,
    )
)
