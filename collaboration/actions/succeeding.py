"""What moves of actions when an organisation is succeeded: what is still to be done; what is done stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext_lazy

from collaboration.actions.models import Action
from groundwork.audit.services import keep_many
from groundwork.succession.moving import Held, Moved, Mover, Moving, on_mandates_followed, register

OPEN = (Action.Status.UNOWNED, Action.Status.ASKED, Action.Status.ACCEPTED, Action.Status.DECLINED)
"""One that was declined waits for somebody else to be asked."""
SHOWN = (Action.Visibility.PUBLIC, Action.Visibility.PARTNERS)


def _held(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = Action.objects.filter(organisation__in=holders, status__in=OPEN).order_by("pk")
    areas: dict[int, set[int]] = {}
    for pk, now_in, was_in in rows.values_list("pk", "initiative__areas", "initiative__past_areas"):
        areas.setdefault(pk, set()).update({now_in, was_in} - {None})
    return [
        # What only those involved, or a board, see, officers do not see either.
        Held(
            str(pk),
            holder,
            f"{reference} {what}" if visibility in SHOWN else reference,
            frozenset(areas.get(pk, ())),
        )
        for pk, holder, reference, what, visibility in rows.values_list(
            "pk", "organisation_id", "reference", "what", "visibility"
        )
    ]


def _move(moving: Moving, moved: Sequence[Moved]) -> None:
    rows = Action.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    acts = []
    for each in moved:
        row = rows[int(each.item)]
        row.organisation_id = each.after
        row.version += 1
        names = [str(moving.things[each.before]), str(moving.things[each.after])]
        acts.append(("action.succeed", row, {"organisation": names}))
    Action.objects.bulk_update(rows.values(), ["organisation", "version"], batch_size=200)
    keep_many(actor=moving.actor, acts=acts, at=moving.at)


@on_mandates_followed
def _mandates(pairs: Mapping[int, int]) -> None:
    """Whoever owns an open action goes on owning it, for the successor."""
    rows = list(Action.objects.select_for_update().filter(owner_mandate__in=pairs, status__in=OPEN))
    for row in rows:
        row.owner_mandate_id = pairs[row.owner_mandate_id or 0]
    Action.objects.bulk_update(rows, ["owner_mandate"], batch_size=200)


register(
    Mover(
        noun="actions",
        of="organisation",
        one=gettext_lazy("action"),
        many=gettext_lazy("actions"),
        held=_held,
        move=_move,
        order=45,
    )
)
