"""Is it alive, and can it do its work?

``/healthz`` answers as long as the process serves at all. ``/readyz`` tries every part and answers 503, naming what
fails, when one does. ``/readyz?only=web`` tries only what a web process itself needs: that is the one for a load
balancer, which must not take all web processes out because a worker stands still.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from goldenthread import embedded
from groundwork.audit import queries as audit
from groundwork.clock import now
from groundwork.events.models import OutboxEvent
from groundwork.ids import uuid7
from groundwork.schedule.queries import TICK, last_pulse, last_worker_pulse

log = structlog.get_logger(__name__)

SILENCE = timedelta(seconds=180)
"""How long the beat, the workers or a due event may stand still before it is called a failure."""
LONGEST_LOOK = timedelta(hours=12)
"""How long after it was due the nightly look through the audit log may be under way."""


@dataclass(frozen=True)
class Finding:
    """What a probe saw: ``ok``, and a sentence without names, addresses or secrets, since anybody may read it."""

    name: str
    ok: bool
    says: str = ""


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return "answers"


def cached() -> str:
    cache, key, value = caches["strict"], f"readyz:{uuid7()}", "seen"
    cache.set(key, value, 10)
    if cache.get(key) != value:
        raise Unwell("forgets")
    cache.delete(key)
    return "answers"


def channel_layer() -> str:
    async def there_and_back() -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel("readyz")
        async with asyncio.timeout(3):
            await layer.send(channel, {"type": "readyz"})
            await layer.receive(channel)

    async_to_sync(there_and_back)()
    return "answers"


def queue() -> str:
    """The longest that an event which is due, and that no relay holds, has waited."""
    at = now()
    due = OutboxEvent.objects.filter(status=OutboxEvent.Status.WAITING, due_at__lte=at, lease_until=None)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    return _age("the oldest waiting event is due since", oldest or at, at)


def worker() -> str:
    if embedded.here is not None and not embedded.here.worker.is_alive():
        raise Unwell("the worker thread has ended")
    return _age("heard from", last_worker_pulse(), now())


def beat() -> str:
    if embedded.here is not None and not embedded.here.beat.is_alive():
        raise Unwell("the beat thread has ended")
    return _age("last tick", last_pulse(TICK), now())


def audit_log() -> str:
    """Whether the audit log's sealer keeps up, and whether the chain held when it was last looked through.

    A long backlog that the sealer works on is told, and no failure. A nightly look that does not come to its end is.
    """
    found = audit.looked()
    if found.problems:
        raise Unwell(f"the last look found {found.problems} rows that are not as they were sealed")
    if found.begun is not None and now() - found.begun > LONGEST_LOOK:
        raise Unwell("the nightly look through it does not come to its end")
    first, sealed_at = audit.waiting()
    at = now()
    if first is None:
        return "every act is sealed"
    said = f"the first act that is not sealed is {max(0, round((at - first).total_seconds()))} s old"
    if at - first > SILENCE and (sealed_at is None or at - sealed_at > SILENCE):
        raise Unwell(said)
    return said


class Unwell(Exception):
    """A probe's own finding, in words that may be shown."""


def _age(what: str, since: datetime | None, at: datetime) -> str:
    if since is None:
        raise Unwell("not heard from yet")
    seconds = max(0, round((at - since).total_seconds()))
    said = f"{what} {seconds} s ago"
    if at - since > SILENCE:
        raise Unwell(said)
    return said


OF_WEB: tuple[tuple[str, Callable[[], str]], ...] = (
    ("database", database),
    ("cache", cached),
    ("channel layer", channel_layer),
)
OF_ALL = (*OF_WEB, ("queue", queue), ("worker", worker), ("beat", beat), ("audit log", audit_log))


def look(probes: tuple[tuple[str, Callable[[], str]], ...] = OF_ALL) -> list[Finding]:
    """Try each probe; one that fails does not keep the others from being tried."""
    findings = []
    for name, probe in probes:
        try:
            findings.append(Finding(name, True, probe()))
        except Unwell as finding:
            findings.append(Finding(name, False, str(finding)))
        except Exception as error:
            log.warning("probe_failed", probe=name, error=type(error).__name__)
            findings.append(Finding(name, False, "does not answer"))
    return findings


class HealthMiddleware:
    """Answers the two addresses before host names, redirects to https or sessions are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return _plain(JsonResponse({"status": "alive"}))
        if request.path == "/readyz":
            return _plain(_ready(only_web=request.GET.get("only") == "web"))
        return self.get_response(request)


def _ready(*, only_web: bool) -> HttpResponse:
    findings = look(OF_WEB if only_web else OF_ALL)
    ok = all(finding.ok for finding in findings)
    body = {
        "status": "ready" if ok else "not ready",
        "checks": {f.name: {"ok": f.ok, "says": f.says} for f in findings},
    }
    return JsonResponse(body, status=200 if ok else 503)


def _plain(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "same-origin"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
