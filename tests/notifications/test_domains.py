"""What the domain that mail comes from publishes: asked of a small name server of our own."""

from __future__ import annotations

import base64
import io
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from notifications import domains
from notifications.domains import Finding, NoAnswer, look, txt

KEY = "v=DKIM1; k=rsa; p=" + base64.b64encode(b"k" * 294).decode()
GOOD = {
    "example.org": ["google-site-verification=x", "v=spf1 include:_spf.mail.example -all"],
    "_dmarc.example.org": ["v=DMARC1; p=quarantine; rua=mailto:dmarc@example.org"],
    "default._domainkey.example.org": [KEY],
}


def record(text: str) -> bytes:
    content = text.encode()
    pieces = [content[at : at + 255] for at in range(0, len(content), 255)] or [b""]
    data = b"".join(bytes([len(piece)]) + piece for piece in pieces)
    return struct.pack(">HHHIH", 0xC00C, 16, 1, 300, len(data)) + data


@contextmanager
def name_server(records: dict[str, list[str]], *, code: int = 0, wrong_id: bool = False) -> Iterator[tuple[str, int]]:
    """Answers over UDP, and over TCP what is longer than 512 bytes, as name servers do."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))
    stream = socket.create_server(("127.0.0.1", line.getsockname()[1]))

    def answer_to(query: bytes, most: int) -> bytes:
        question, labels, at = query[12:], [], 0
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += 1 + question[at]
        found = records.get(".".join(labels))
        status = code or (3 if found is None else 0)
        body = b"".join(map(record, found or []))
        cut = len(query) + len(body) > most
        flags = 0x8180 | status | (0x0200 if cut else 0)
        identifier = query[:2] if not wrong_id else bytes([query[0] ^ 1, query[1]])
        head = identifier + struct.pack(">HHHHH", flags, 1, 0 if cut else len(found or []), 0, 0)
        return head + question + (b"" if cut else body)

    def serve_packets() -> None:
        while True:
            try:
                query, caller = line.recvfrom(4096)
                line.sendto(answer_to(query, 512), caller)
            except OSError:
                return

    def serve_streams() -> None:
        while True:
            try:
                caller, _address = stream.accept()
            except OSError:
                return
            with caller:
                length = struct.unpack(">H", caller.recv(2))[0]
                reply = answer_to(caller.recv(length), 65_535)
                caller.sendall(struct.pack(">H", len(reply)) + reply)

    for serve in (serve_packets, serve_streams):
        Thread(target=serve, daemon=True).start()
    try:
        yield line.getsockname()
    finally:
        for each in (line, stream):
            each.close()


def test_records_are_read_whole_and_in_pieces() -> None:
    long = "v=DKIM1; p=" + "x" * 900
    with name_server({"a.example": ["one", "", "Grüße", "y" * 300], "long.example": [long]}) as server:
        assert txt("a.example", servers=[server]) == ["one", "", "Grüße", "y" * 300]
        assert txt("long.example", servers=[server]) == [long], "over TCP"
        assert txt("nothing.example", servers=[server]) == []


@pytest.mark.parametrize("broken", [{"code": 2}, {"wrong_id": True}])
def test_an_answer_that_is_none_is_told(broken: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "SECONDS", 0.3)
    with name_server(GOOD, **broken) as server, pytest.raises(NoAnswer):  # type: ignore[arg-type]
        txt("example.org", servers=[server])
    with pytest.raises(NoAnswer, match="none is set up"):
        txt("example.org", servers=[])


def test_the_next_name_server_is_asked_when_one_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "SECONDS", 0.3)
    with name_server(GOOD) as server:
        assert txt("example.org", servers=[("127.0.0.1", 9), server]) == GOOD["example.org"]


def test_the_name_servers_of_the_machine_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "resolv.conf"
    monkeypatch.setattr(domains, "RESOLVERS", path)
    assert domains.resolvers() == []
    path.write_text("# made\nsearch example.org\nnameserver 10.0.0.1\nnameserver fd00::1\nnameserver\n")
    assert domains.resolvers() == [("10.0.0.1", 53), ("fd00::1", 53)]


def found(records: dict[str, list[str]]) -> dict[str, Finding]:
    every = {**GOOD, **records}
    return {each.name: each for each in look("example.org", selectors=("default",), lookup=lambda n: every.get(n, []))}


def test_a_domain_in_order() -> None:
    assert all(each.ok for each in found({}).values())
    assert found({})["DMARC"].says == "quarantine"


@pytest.mark.parametrize(
    ("above", "ok", "said"),
    [
        ("v=DMARC1; p=reject", True, "reject, from example.org"),
        ("v=DMARC1; p=none; sp=quarantine", True, "quarantine, from example.org"),
        ("v=DMARC1; p=reject; sp=none", False, "forged"),
    ],
)
def test_a_domain_inherits_what_the_one_above_it_says(above: str, ok: bool, said: str) -> None:
    records = {"_dmarc.example.org": [above]}
    every = look("thread.mail.example.org", selectors=(), lookup=lambda name: records.get(name, []))
    (dmarc,) = [each for each in every if each.name == "DMARC"]
    assert dmarc.ok is ok
    assert said in dmarc.says


@pytest.mark.parametrize(
    ("name", "records", "said"),
    [
        ("SPF", {"example.org": []}, "no SPF record"),
        ("SPF", {"example.org": ["v=spf10 -all"]}, "no SPF record"),
        ("SPF", {"example.org": ["v=spf1 -all", "v=spf1 ~all"]}, "2 SPF records"),
        ("SPF", {"example.org": ["v=spf1 +all"]}, "anybody"),
        ("SPF", {"example.org": ["v=spf1 a all"]}, "anybody"),
        ("SPF", {"example.org": ["v=spf1 a"]}, "all others"),
        ("DMARC", {"_dmarc.example.org": []}, "no DMARC record"),
        ("DMARC", {"_dmarc.example.org": ["v=DMARC1; p=none"]}, "forged"),
        ("DMARC", {"_dmarc.example.org": ["v=DMARC1"]}, "no policy"),
        ("DMARC", {"_dmarc.example.org": ["v=DMARC1; p=reject"] * 2}, "2 DMARC records"),
        ("DKIM default", {"default._domainkey.example.org": []}, "no key"),
        ("DKIM default", {"default._domainkey.example.org": ["v=DKIM1; p="]}, "taken back"),
        ("DKIM default", {"default._domainkey.example.org": ["v=DKIM1; p=%%%"]}, "cannot be read"),
        (
            "DKIM default",
            {"default._domainkey.example.org": ["p=" + base64.b64encode(b"k" * 162).decode()]},
            "too short",
        ),
    ],
)
def test_what_is_not_in_order_is_said_with_what_to_do(name: str, records: dict[str, list[str]], said: str) -> None:
    every = found(records)
    assert not every[name].ok
    assert said in every[name].says
    assert all(each.ok for other, each in every.items() if other != name)


@pytest.mark.parametrize("key", ["v=DKIM1; k=ed25519; p=" + base64.b64encode(b"k" * 32).decode(), KEY])
def test_keys_that_will_do(key: str) -> None:
    assert found({"default._domainkey.example.org": [key]})["DKIM default"].ok


def test_the_command_says_it_and_fails_where_something_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    with name_server(GOOD) as server:
        monkeypatch.setattr(domains, "resolvers", lambda: [server])
        call_command("check_mail_domain", "--selector", "default", stdout=said)
        assert "Mail comes from example.org" in said.getvalue()
        assert "NOT WELL" not in said.getvalue()
        with pytest.raises(CommandError, match="1 of these"):
            call_command("check_mail_domain", stdout=said)
        assert "--selector" in said.getvalue()
    monkeypatch.setattr(domains, "resolvers", list)
    with pytest.raises(CommandError, match="No name server answered"):
        call_command("check_mail_domain", stdout=said)
