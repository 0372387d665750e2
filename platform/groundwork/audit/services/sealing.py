"""The one sealer: it brings acts into the chain after they were committed, so that no act waits for another.

An act is sealed when it can be seen, whatever time it carries: acts that commit late are unsealed until then, and
nothing here remembers "the last id" (promise F9). Only the order among seals is the chain's.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from groundwork.access.errors import Conflict
from groundwork.audit.digests import FIRST, FORGET, content_of, hash_of
from groundwork.audit.models import AuditChain, AuditEntry, AuditSeal
from groundwork.clock import now

log = structlog.get_logger(__name__)

STEP = 300
"""How many acts one transaction seals: about a tenth of a second, for which on SQLite nobody else can write."""


class ChainBroken(Conflict):
    """The chain does not end where its head says, so nothing is added. ``goldenthread audit verify`` says more."""


@transaction.atomic
def seal_some(*, limit: int = STEP, at: datetime | None = None) -> int:
    """Seal the next ``limit`` acts. Returns how many there were; fewer than ``limit`` means that none are left.

    Whoever seals holds the row of the head, so a second sealer waits and goes on from where the first ended; that
    number, entry and previous hash are unique lets no fork be written even without it. Raises :class:`ChainBroken`.
    """
    AuditChain.objects.get_or_create(id=AuditChain.ONLY)
    chain = AuditChain.objects.select_for_update().get(id=AuditChain.ONLY)
    last = AuditSeal.objects.order_by("-number").values_list("number", "hash").first() or (0, "")
    if last != (chain.number, chain.hash):
        log.error("audit_chain_broken", head=chain.number, last=last[0])
        raise ChainBroken(
            _("The audit log's last seal is number %(last)d, and its head says %(head)d. Nothing is sealed until then.")
            % {"last": last[0], "head": chain.number}
        )
    entries = _next(limit)
    if not entries:
        return 0
    at = at or now()
    seals = _links(entries, number=chain.number, previous=chain.hash or FIRST, at=at)
    AuditSeal.objects.bulk_create(seals, batch_size=1000)
    ids: list[UUID] = [entry.pk for entry in entries]
    for begin in range(0, len(ids), 900):
        AuditEntry.objects.filter(pk__in=ids[begin : begin + 900]).update(is_sealed=True)
    chain.number, chain.hash, chain.sealed_at = seals[-1].number, seals[-1].hash, at
    chain.save(update_fields=["number", "hash", "sealed_at"])
    # Outside of the database as well: with a head from a log, a tail that somebody cut off is noticed.
    transaction.on_commit(lambda: log.info("audit_sealed", acts=len(seals), head=f"{chain.number}:{chain.hash}"))
    return len(seals)


def seal_all(*, most: int | None = None) -> int:
    """Seal whatever can be seen now, or ``most`` acts and the rest of a step, in steps. Returns how many acts."""
    sealed = 0
    while most is None or sealed < most:
        step = seal_some()
        sealed += step
        if step < STEP:
            break
    return sealed


def _next(limit: int) -> list[AuditEntry]:
    """Unsealed acts, those that took words out of others last: by then, every act that they touched has its number.

    What took words out is looked for first. Whatever it touched was committed before it, so the second query sees
    that, and only when it has seen all there is are the first ones taken along.
    """
    unsealed = AuditEntry.objects.filter(is_sealed=False).order_by("id")
    forgetting = list(unsealed.filter(action=FORGET)[:limit])
    ordinary = list(unsealed.exclude(action=FORGET)[:limit])
    return ordinary if len(ordinary) == limit else [*ordinary, *forgetting][:limit]


def _links(entries: list[AuditEntry], *, number: int, previous: str, at: datetime) -> list[AuditSeal]:
    seals = []
    for entry in entries:
        number += 1
        content, parts = content_of(entry, person_key=entry.person_id, mandate_key=entry.mandate_id)
        seal = AuditSeal(
            number=number,
            entry_id=entry.pk,
            person_key=entry.person_id,
            mandate_key=entry.mandate_id,
            content=content,
            parts=parts,
            sealed_at=at,
            previous=previous,
        )
        seal.hash = previous = hash_of(seal)
        seals.append(seal)
    return seals
