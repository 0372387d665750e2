"""What moves of the directory's own: who acts for whom, who is to, bodies, and who serves an area.

A person's mandate ends with the old body, and one in the same role begins with its successor on that day, so that mail
and rights go on; the old one says which followed it. The convening organisation alone has officers: whoever was one
and goes to another body leads there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.accounts.models import ApiToken
from groundwork.accounts.registry import tell_access_ended
from groundwork.audit.services import keep_many
from groundwork.clock import now
from groundwork.directory.models import Area, Invitation, JoinRequest, Mandate, Organisation, Place
from groundwork.succession.models import Predecessor, Succession
from groundwork.succession.moving import (
    Held,
    Moved,
    Mover,
    Moving,
    on_mandates_followed,
    register,
    tell_mandates_followed,
)


def _goes_on(day: date) -> Q:
    return Q(valid_to=None) | Q(valid_to__gt=day)


def _mandates(holders: frozenset[int], day: date) -> Iterable[Held]:
    rows = Mandate.objects.filter(_goes_on(day), organisation__in=holders).select_related("person").order_by("pk")
    return [
        Held(str(each.pk), each.organisation_id, f"{each.person.display_name}: {each.get_role_display()}")
        for each in rows
    ]


def _move_mandates(moving: Moving, moved: Sequence[Moved]) -> None:
    convening = set(Place.objects.values_list("convening_organisation", flat=True))
    rows = Mandate.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    targets = {each.after for each in moved}
    open_ones = {
        (each.person_id, each.organisation_id, each.role): each
        for each in Mandate.objects.select_for_update().filter(organisation__in=targets, valid_to=None)
    }
    pairs: dict[int, int] = {}
    acts = []
    for each in moved:
        old = rows[int(each.item)]
        role = old.role if old.role != Mandate.Role.OFFICER or each.after in convening else Mandate.Role.LEAD
        begins = max(moving.day, old.valid_from)
        new = open_ones.get((old.person_id, each.after, role))
        if new is None:
            new = Mandate.objects.create(
                person_id=old.person_id,
                organisation_id=each.after,
                role=role,
                valid_from=begins,
                valid_to=old.valid_to,
                granted_by_id=old.granted_by_id,
                created_at=moving.at,
            )
            if new.valid_to is None:
                open_ones[old.person_id, each.after, role] = new
            acts.append(("mandate.succeed", new, {"follows": [None, str(moving.things[each.before])]}))
        ends_before = old.valid_to.isoformat() if old.valid_to else None
        old.valid_to, old.followed_by = begins, new
        acts.append(("mandate.end", old, {"ends": [ends_before, begins.isoformat()]}))
        pairs[old.pk] = new.pk
    Mandate.objects.bulk_update(rows.values(), ["valid_to", "followed_by"], batch_size=200)
    keep_many(actor=moving.actor, acts=acts, at=moving.at)
    tell_mandates_followed(pairs)
    tell_access_ended(sorted({each.person_id for each in rows.values()}))


def _invitations(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = Invitation.objects.filter(
        organisation__in=holders, accepted_at=None, revoked_at=None, expires_at__gt=now()
    ).order_by("pk")
    return [Held(str(each.pk), each.organisation_id, str(each.get_role_display())) for each in rows]


def _move_invitations(moving: Moving, moved: Sequence[Moved]) -> None:
    convening = set(Place.objects.values_list("convening_organisation", flat=True))
    rows = Invitation.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    for each in moved:
        row = rows[int(each.item)]
        row.organisation_id = each.after
        if row.role == Mandate.Role.OFFICER and each.after not in convening:
            row.role = Mandate.Role.LEAD
    Invitation.objects.bulk_update(rows.values(), ["organisation", "role"], batch_size=200)
    _keep(moving, moved, rows, "person.invite")


def _join_requests(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = JoinRequest.objects.filter(organisation__in=holders, status=JoinRequest.Status.WAITING)
    rows = rows.select_related("person").order_by("pk")
    return [Held(str(each.pk), each.organisation_id, each.person.display_name) for each in rows]


def _move_join_requests(moving: Moving, moved: Sequence[Moved]) -> None:
    waiting = JoinRequest.Status.WAITING
    rows = JoinRequest.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    taken = set(
        JoinRequest.objects.filter(status=waiting, organisation__in={each.after for each in moved}).values_list(
            "person_id", "organisation_id"
        )
    )
    for each in moved:
        row = rows[int(each.item)]
        if (row.person_id, each.after) in taken:
            row.status, row.decided_at = JoinRequest.Status.DECLINED, moving.at
            row.reason = _("You asked to join %(name)s already.") % {"name": moving.things[each.after]}
        else:
            taken.add((row.person_id, each.after))
            row.organisation_id = each.after
    JoinRequest.objects.bulk_update(rows.values(), ["organisation", "status", "decided_at", "reason"], batch_size=200)
    _keep(moving, moved, rows, "join_request.succeed")


def _bodies(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = Organisation.objects.filter(part_of__in=holders).exclude(status="closed").order_by("pk")
    return [Held(str(each.pk), each.part_of_id or 0, each.name) for each in rows if each.pk not in holders]


def _move_bodies(moving: Moving, moved: Sequence[Moved]) -> None:
    rows = Organisation.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    # A successor that was part of who it succeeds is not part of itself.
    going = [each for each in moved if int(each.item) != each.after]
    for each in going:
        rows[int(each.item)].part_of_id = each.after
    Organisation.objects.bulk_update(rows.values(), ["part_of"], batch_size=200)
    _keep(moving, going, rows, "organisation.succeed")


def _serving(holders: frozenset[int], day: date) -> Iterable[Held]:
    # Who is replaced by then itself keeps the area that it served: it is history.
    going = Predecessor.objects.filter(
        succession__status=Succession.Status.PLANNED, succession__effective_on__lte=day, organisation__isnull=False
    ).exclude(succession__kind=Succession.Kind.RENAME)
    rows = Organisation.objects.filter(_goes_on(day), area__in=holders).exclude(status="closed").order_by("pk")
    rows = rows.exclude(pk__in=going.values("organisation"))
    return [Held(str(each.pk), each.area_id or 0, each.name) for each in rows]


def _move_serving(moving: Moving, moved: Sequence[Moved]) -> None:
    rows = Organisation.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    for each in moved:
        rows[int(each.item)].area_id = each.after
    Organisation.objects.bulk_update(rows.values(), ["area"], batch_size=200)
    _keep(moving, moved, rows, "organisation.succeed")


def _parts(holders: frozenset[int], day: date) -> Iterable[Held]:
    rows = Area.objects.filter(_goes_on(day), within__in=holders).exclude(pk__in=holders).order_by("pk")
    return [Held(str(each.pk), each.within_id or 0, each.name) for each in rows]


def _move_parts(moving: Moving, moved: Sequence[Moved]) -> None:
    rows = Area.objects.select_for_update().in_bulk([int(each.item) for each in moved])
    going = [each for each in moved if int(each.item) != each.after]
    for each in going:
        rows[int(each.item)].within_id = each.after
    Area.objects.bulk_update(rows.values(), ["within"], batch_size=200)
    _keep(moving, going, rows, "area.succeed")


def _keep(moving: Moving, moved: Sequence[Moved], rows: Mapping[int, object], action: str) -> None:
    keep_many(
        actor=moving.actor,
        acts=[
            (action, rows[int(each.item)], {"with": [str(moving.things[each.before]), str(moving.things[each.after])]})  # type: ignore[misc]
            for each in moved
        ],
        at=moving.at,
    )


@on_mandates_followed
def _tokens(pairs: Mapping[int, int]) -> None:
    """A program goes on acting for its person, under the mandate that followed."""
    rows = list(ApiToken.objects.select_for_update().filter(mandate__in=pairs, revoked_at=None))
    for row in rows:
        row.mandate_id = pairs[row.mandate_id]
    ApiToken.objects.bulk_update(rows, ["mandate"], batch_size=200)


register(
    Mover(
        noun="people",
        of="organisation",
        one=gettext_lazy("person’s role"),
        many=gettext_lazy("people’s roles"),
        held=_mandates,
        move=_move_mandates,
        order=10,
    )
)
register(
    Mover(
        noun="invitations",
        of="organisation",
        one=gettext_lazy("open invitation"),
        many=gettext_lazy("open invitations"),
        held=_invitations,
        move=_move_invitations,
        order=20,
    )
)
register(
    Mover(
        noun="join_requests",
        of="organisation",
        one=gettext_lazy("request to join"),
        many=gettext_lazy("requests to join"),
        held=_join_requests,
        move=_move_join_requests,
        order=20,
    )
)
register(
    Mover(
        noun="bodies",
        of="organisation",
        one=gettext_lazy("body that is part of them"),
        many=gettext_lazy("bodies that are part of them"),
        held=_bodies,
        move=_move_bodies,
        order=30,
    )
)
register(
    Mover(
        noun="serving",
        of="area",
        one=gettext_lazy("organisation that serves them"),
        many=gettext_lazy("organisations that serve them"),
        held=_serving,
        move=_move_serving,
        order=30,
    )
)
register(
    Mover(
        noun="parts",
        of="area",
        one=gettext_lazy("area within them"),
        many=gettext_lazy("areas within them"),
        held=_parts,
        move=_move_parts,
        order=30,
    )
)
