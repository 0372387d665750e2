"""Static files: gathered under names that carry their hash, so that browsers may keep them for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, answering with the whole file: ours are small, and a file read bit by bit blocks an ASGI server."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as opened:
                body = opened.read()
        answer = HttpResponse(body, status=int(found.status))
        del answer["Content-Type"]
        for name, value in found.headers:
            answer[name] = value
        return answer


def collect_if_stale() -> bool:
    """Gather again when a source is newer than what was gathered last. Returns whether it did."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and all(source.stat().st_mtime <= manifest.stat().st_mtime for source in _sources()):
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    # The storage compares contents, not times: without this an unchanged file would look newer for ever.
    manifest.touch()
    return True


def _sources() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list([".*"]):
            yield Path(storage.path(name))
