"""Whom to believe about who is calling (F31)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.proxies import FORWARDING, TrustedProxies


async def seen(headers: list[tuple[str, str]], *, count: int, kind: str = "http") -> dict[str, Any]:
    """The scope that the application gets."""
    scopes: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], _receive: Any, _send: Any) -> None:
        scopes.append(scope)

    scope = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "client": ("192.0.2.1", 4000),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    await TrustedProxies(application, count=count)(scope, None, None)
    return scopes[0]


async def test_without_trusted_proxies_nothing_is_believed() -> None:
    scope = await seen([("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https"), ("accept", "*/*")], count=0)
    assert scope["client"] == ("192.0.2.1", 4000)
    assert scope["scheme"] == "http"
    assert scope["headers"] == [(b"accept", b"*/*")]


@pytest.mark.parametrize(
    ("forwarded", "count", "caller"),
    [
        (["9.9.9.9"], 1, "9.9.9.9"),
        # What stands further left was written by the caller.
        (["1.1.1.1, 9.9.9.9"], 1, "9.9.9.9"),
        (["1.1.1.1", "9.9.9.9"], 1, "9.9.9.9"),
        (["1.1.1.1, 9.9.9.9, 10.0.0.1"], 2, "9.9.9.9"),
        (["2001:db8::1"], 1, "2001:db8::1"),
        # Fewer than there are proxies, or no address at all: then the connection itself is believed.
        (["9.9.9.9"], 2, "192.0.2.1"),
        (["unknown"], 1, "192.0.2.1"),
        (["\xff\xfe"], 1, "192.0.2.1"),
        ([""], 1, "192.0.2.1"),
    ],
)
async def test_the_caller_is_as_many_from_the_right_as_there_are_proxies(
    forwarded: list[str], count: int, caller: str
) -> None:
    scope = await seen([("x-forwarded-for", value) for value in forwarded], count=count)
    assert scope["client"][0] == caller


@pytest.mark.parametrize(
    ("kind", "protocol", "scheme"),
    [("http", "https", "https"), ("http", "http", "http"), ("websocket", "https", "wss"), ("http", "gopher", "http")],
)
async def test_the_scheme_is_what_our_own_proxy_says(kind: str, protocol: str, scheme: str) -> None:
    scope = await seen([("x-forwarded-proto", protocol)], count=1, kind=kind)
    assert scope["scheme"] == scheme
    lied = await seen([("x-forwarded-proto", "https"), ("x-forwarded-proto", protocol)], count=1, kind=kind)
    assert lied["scheme"] == scheme


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(sorted(name.decode() for name in FORWARDING)),
            st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40),
        ),
        max_size=6,
    ),
    count=st.integers(0, 3),
)
async def test_whatever_is_sent_names_of_hosts_and_ports_never_come_through(
    headers: list[tuple[str, str]], count: int
) -> None:
    scope = await seen([*headers, ("host", "thread.example.org")], count=count)
    left = {name for name, _ in scope["headers"]}
    assert left <= {b"host", b"x-forwarded-for", b"x-forwarded-proto"}
    assert (b"host", b"thread.example.org") in scope["headers"]
