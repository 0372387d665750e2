"""The environment is read in one place, and refused with a sentence that says what to set."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from goldenthread.settings.environment import read
from tests.goldenthread.processes import environment, manage

PRODUCTION = {
    "GOLDENTHREAD_MODE": "production",
    "SECRET_KEY": "s" * 50,
    "ALLOWED_HOSTS": "thread.example.org, www.example.org",
    "BASE_URL": "https://thread.example.org/",
}


def test_production_is_the_mode_where_none_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY is not set\. In production it must be"):
        read({})


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL"])
def test_production_refuses_to_start_without_its_secrets_and_hosts(name: str, tmp_path: Path) -> None:
    settings = {**PRODUCTION, "DATA_DIR": str(tmp_path)}
    assert read(settings).allowed_hosts == ("thread.example.org", "www.example.org")
    for value in (None, ""):
        broken = {**settings, name: value} if value is not None else {k: v for k, v in settings.items() if k != name}
        with pytest.raises(ImproperlyConfigured, match=f"{name} is not set"):
            read(broken)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "too short"),
        ({"BASE_URL": "http://thread.example.org"}, "must start with https"),
        ({"GOLDENTHREAD_MODE": "prod"}, "set it to production, demo or test"),
        ({"PORT": "eighty"}, "PORT is 'eighty'; it must be a whole number"),
        ({"PORT": "70000"}, "PORT"),
        ({"TRUSTED_PROXY_COUNT": "-1"}, "TRUSTED_PROXY_COUNT"),
        ({"REDIS_URL": "localhost:6379"}, "REDIS_URL must start with"),
        ({"DATABASE_URL": "mysql://localhost/x"}, "DATABASE_URL must start with"),
        ({"PLACE_TIME_ZONE": "Essex"}, "PLACE_TIME_ZONE is 'Essex'"),
    ],
)
def test_values_that_cannot_be_used_are_refused(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        read({**PRODUCTION, **change})


def test_demo_mode_and_a_production_address_exclude_each_other(tmp_path: Path) -> None:
    demo = {"GOLDENTHREAD_MODE": "demo", "DATA_DIR": str(tmp_path)}
    assert read(demo).is_demo
    with pytest.raises(ImproperlyConfigured, match="Demo mode lets anybody sign in"):
        read({**demo, "BASE_URL": "https://thread.example.org"})


def test_a_demo_keeps_its_secret_between_starts(tmp_path: Path) -> None:
    demo = {"GOLDENTHREAD_MODE": "demo", "DATA_DIR": str(tmp_path)}
    first = read(demo).secret_key
    assert len(first) >= 50
    assert read(demo).secret_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_a_half_written_secret_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    assert len(read({"GOLDENTHREAD_MODE": "demo", "DATA_DIR": str(tmp_path)}).secret_key) >= 50


def test_a_unix_socket_has_one_spelling_for_the_operator() -> None:
    read_back = read({**PRODUCTION, "REDIS_URL": "unix:///run/redis.sock?db=1"})
    assert read_back.broker_url == "socket:///run/redis.sock?db=1"
    assert read_back.redis_url == "unix:///run/redis.sock?db=1"


def test_the_command_line_says_what_is_missing_without_a_traceback(tmp_path: Path) -> None:
    refused = manage("check", env={**environment(tmp_path), "GOLDENTHREAD_MODE": "production"})
    assert refused.returncode == 2
    assert refused.stderr.strip() == (
        "SECRET_KEY is not set. In production it must be a random string of at least 50 characters."
    )


def test_an_earlier_key_is_still_understood(tmp_path: Path) -> None:
    settings = {**PRODUCTION, "DATA_DIR": str(tmp_path), "SECRET_KEY_FALLBACKS": f"{'o' * 50}, {'p' * 50}"}
    assert read(settings).secret_key_fallbacks == ("o" * 50, "p" * 50)
    assert read(PRODUCTION | {"DATA_DIR": str(tmp_path)}).secret_key_fallbacks == ()
