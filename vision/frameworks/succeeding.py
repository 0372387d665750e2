"""What moves of endorsements when an organisation is succeeded: the asking. The word itself stays whose it was.

An endorsement is a decision that a body took, with its minute; a body that follows has not taken it. So what was asked
and not answered is asked of the successor, and where one had endorsed, the successor is asked to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext_lazy

from groundwork.audit.services import keep_many
from groundwork.succession.moving import Held, Moved, Mover, Moving, register
from vision.frameworks.models import Endorsement

Status = Endorsement.Status


def _held(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = Endorsement.objects.filter(
        organisation__in=holders, status__in=(Status.ASKED, Status.ENDORSED), framework__withdrawn_on=None
    )
    return [
        Held(str(each.pk), each.organisation_id, str(each.framework))
        for each in rows.select_related("framework").order_by("pk")
    ]


def _move(moving: Moving, moved: Sequence[Moved]) -> None:
    rows = Endorsement.objects.select_for_update(of=("self",)).in_bulk([int(each.item) for each in moved])
    there = set(
        Endorsement.objects.filter(organisation__in={each.after for each in moved}).values_list(
            "framework", "organisation"
        )
    )
    asked: list[Endorsement] = []
    for each in moved:
        row = rows[int(each.item)]
        if (row.framework_id, each.after) not in there:
            there.add((row.framework_id, each.after))
            asked.append(
                Endorsement(
                    framework_id=row.framework_id,
                    organisation_id=each.after,
                    asked_at=moving.at,
                    asked_by_id=row.asked_by_id,
                    created_at=moving.at,
                )
            )
    Endorsement.objects.bulk_create(asked, batch_size=200)
    acts = [
        ("endorsement.succeed", row, {"organisation": [None, str(moving.things[row.organisation_id])]}) for row in asked
    ]
    # Nobody answers for a body that has ended: what it was asked is asked of those who follow.
    over = [
        row
        for row in rows.values()
        if row.status == Status.ASKED and not moving.things[row.organisation_id].holds_on(moving.day)
    ]
    acts += [
        ("endorsement.end", row, {"organisation": [str(moving.things[row.organisation_id]), None]}) for row in over
    ]
    keep_many(actor=moving.actor, acts=acts, at=moving.at)
    Endorsement.objects.filter(pk__in=[row.pk for row in over]).delete()


register(
    Mover(
        noun="endorsements",
        of="organisation",
        one=gettext_lazy("endorsement to be asked for again"),
        many=gettext_lazy("endorsements to be asked for again"),
        held=_held,
        move=_move,
        shared=True,
        order=39,
    )
)
