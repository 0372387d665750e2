"""Static files: hashed names, kept for ever, gathered again only when a source is newer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages
from django.test import AsyncClient, Client
from pytest_django import Settings

from goldenthread.assets import collect_if_stale

ICON = "build/favicon.svg"


@pytest.fixture
def hashed(settings: Settings, tmp_path: Path) -> Path:
    """Static files as outside the tests: gathered into a folder, under hashed names."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    settings.WHITENOISE_KEEP_ONLY_HASHED_FILES = True
    return tmp_path / "static"


def test_gathered_once_and_again_when_a_source_is_newer(hashed: Path) -> None:
    assert collect_if_stale()
    assert (hashed / "staticfiles.json").exists()
    assert not collect_if_stale()
    source = find(ICON)
    assert isinstance(source, str)
    before = Path(source).stat()
    try:
        later = (hashed / "staticfiles.json").stat().st_mtime + 5
        os.utime(source, (later, later))
        assert collect_if_stale()
    finally:
        os.utime(source, (before.st_atime, before.st_mtime))


@pytest.mark.django_db
def test_a_hashed_name_may_be_kept_for_ever(hashed: Path) -> None:
    collect_if_stale()
    name = storages["staticfiles"].url(ICON)
    assert name != f"/static/{ICON}"
    answer = Client().get(name, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert Client().get(name, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert Client().head(name).content == b""


@pytest.mark.django_db
async def test_served_without_a_warning_by_the_asgi_server(async_client: AsyncClient) -> None:
    answer = await async_client.get(staticfiles_storage.url(ICON))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert not answer.streaming
    assert answer.content.startswith(b"<svg")
    part = await async_client.get(staticfiles_storage.url(ICON), headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"<svg")
