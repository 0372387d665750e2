"""What moves of mail when an organisation or an area is succeeded: what is followed, addresses that stand for a body,
and how a body is looked after.

Whoever followed the old one follows its successors: what they were told of goes on to be told. Mail to an
organisation's people needs no mover: it looks for mandates each time, and those have followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives.finding import choices
from groundwork.access.errors import Invalid
from groundwork.clock import now
from groundwork.directory.queries import codes_of_areas, slugs_of_organisations
from groundwork.succession.moving import Held, Moved, Mover, Moving, Renaming, on_renamed, register
from notifications.following import Followed
from notifications.models import Care, Follow, FollowAsk, Subscriber


def _follows(kind: str, keys: dict[str, int]) -> Iterable[Held]:
    """Views of the register that name one of these; ``keys`` leads from what a view says to the primary key."""
    for pk, query in Follow.objects.filter(query__contains=f"{kind}=").order_by("pk").values_list("pk", "query"):
        named = parse_qs(query).get(kind, [""])[-1]
        if named in keys:
            yield Held(str(pk), keys[named], query)


def _follows_of_organisations(holders: frozenset[int], _day: date) -> Iterable[Held]:
    return list(_follows("organisation", {slug: pk for pk, slug in slugs_of_organisations(holders).items()}))


def _follows_of_areas(holders: frozenset[int], _day: date) -> Iterable[Held]:
    return list(_follows("area", {code: pk for pk, code in codes_of_areas(holders).items()}))


def _move_follows_of_organisations(moving: Moving, moved: Sequence[Moved]) -> None:
    _rewrite("organisation", {pk: thing.slug for pk, thing in moving.things.items()}, moved)


def _move_follows_of_areas(moving: Moving, moved: Sequence[Moved]) -> None:
    _rewrite("area", {pk: thing.code for pk, thing in moving.things.items()}, moved)


def _rewrite(kind: str, words: dict[int, str], moved: Sequence[Moved]) -> None:
    """One follow becomes one of each successor. Who follows a successor already goes on as they chose there."""
    known = choices(fresh=True)
    found = Follow.objects.select_for_update().in_bulk([each.item for each in moved])
    rows = {str(pk): row for pk, row in found.items()}
    subscribers = {row.subscriber_id for row in rows.values()}
    there = set(Follow.objects.filter(subscriber__in=subscribers).values_list("subscriber", "query"))
    made: list[Follow] = []
    for each in moved:
        row = rows[each.item]
        try:
            followed = Followed.parse(row.query, known)
        except Invalid:
            # It names something else that is not there any more, and tells of nothing.
            continue
        changed = {kind: words[each.after]} | ({"organisation_id": str(each.after)} if kind == "organisation" else {})
        after = Followed(filters=replace(followed.filters, **changed))
        if (row.subscriber_id, after.query) in there:
            continue
        there.add((row.subscriber_id, after.query))
        made.append(
            Follow(
                subscriber_id=row.subscriber_id,
                query=after.query,
                anchor=after.anchor,
                frequency=row.frequency,
                reported_until=row.reported_until,
                created_at=row.created_at,
            )
        )
    Follow.objects.bulk_create(made, batch_size=200)
    Follow.objects.filter(pk__in=[row.pk for row in rows.values()]).delete()


def _addresses(holders: frozenset[int], _day: date) -> Iterable[Held]:
    asked = FollowAsk.objects.filter(organisation__in=holders, used_at=None, expires_at__gt=now()).order_by("pk")
    rows = Subscriber.objects.filter(organisation__in=holders).order_by("pk")
    return [
        *(Held(f"s{each.pk}", each.organisation_id or 0, _("An address")) for each in rows),
        *(Held(f"a{each.pk}", each.organisation_id or 0, _("An address that was asked")) for each in asked),
    ]


def _move_addresses(_moving: Moving, moved: Sequence[Moved]) -> None:
    standing = {
        (email.lower(), organisation)
        for email, organisation in Subscriber.objects.filter(
            organisation__in={each.after for each in moved}
        ).values_list("email", "organisation")
    }
    for each in moved:
        if each.item.startswith("a"):
            FollowAsk.objects.filter(pk=each.item[1:]).update(organisation=each.after)
            continue
        row = Subscriber.objects.select_for_update().get(pk=each.item[1:])
        if (row.email.lower(), each.after) in standing:
            # The address stands for the successor already: it is not told twice.
            row.delete()
            continue
        standing.add((row.email.lower(), each.after))
        row.organisation_id = each.after
        row.save(update_fields=["organisation"])


def _cares(holders: frozenset[int], _day: date) -> Iterable[Held]:
    rows = Care.objects.filter(organisation__in=holders).select_related("organisation").order_by("pk")
    return [Held(str(each.pk), each.organisation_id, each.organisation.name) for each in rows]


def _move_cares(_moving: Moving, moved: Sequence[Moved]) -> None:
    """The first that comes is the successor's, unless it has its own; the old body keeps what was said of it."""
    held = set(
        Care.objects.filter(organisation__in={each.after for each in moved}).values_list("organisation", flat=True)
    )
    rows = Care.objects.in_bulk([int(each.item) for each in moved])
    for each in moved:
        if each.after in held:
            continue
        held.add(each.after)
        row = rows[int(each.item)]
        Care.objects.create(
            organisation_id=each.after,
            relationship_owner_id=row.relationship_owner_id,
            first_days=row.first_days,
            second_days=row.second_days,
            third_days=row.third_days,
        )


@on_renamed
def _renamed(renaming: Renaming) -> None:
    """A follow names an organisation by its slug; areas are named by codes, which stay."""
    if renaming.of != "organisation" or renaming.slug_before == renaming.slug_after:
        return
    held = list(_follows("organisation", {renaming.slug_before: renaming.pk}))
    _rewrite(
        "organisation", {renaming.pk: renaming.slug_after}, [Moved(e.item, renaming.pk, renaming.pk) for e in held]
    )


for _noun, _of, _one, _many, _held, _move in (
    (
        "follows",
        "organisation",
        gettext_lazy("follow"),
        gettext_lazy("follows"),
        _follows_of_organisations,
        _move_follows_of_organisations,
    ),
    (
        "follows_of_areas",
        "area",
        gettext_lazy("follow"),
        gettext_lazy("follows"),
        _follows_of_areas,
        _move_follows_of_areas,
    ),
    (
        "addresses",
        "organisation",
        gettext_lazy("address that stands for them"),
        gettext_lazy("addresses that stand for them"),
        _addresses,
        _move_addresses,
    ),
    (
        "care",
        "organisation",
        gettext_lazy("setting of who keeps in touch"),
        gettext_lazy("settings of who keeps in touch"),
        _cares,
        _move_cares,
    ),
):
    register(
        Mover(
            noun=_noun,
            of=_of,  # type: ignore[arg-type]
            one=_one,
            many=_many,
            held=_held,
            move=_move,
            shared=_noun.startswith("follows"),
            order=60,
        )
    )
