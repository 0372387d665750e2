"""What a domain publishes so that its mail is believed: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).

Only TXT records are asked for, of the name server that this machine uses, in plain DNS (RFC 1035): small enough to need
no library. Nothing is signed or checked here, only whether the records are there and say what they should.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TXT = 16
SECONDS = 4.0
RESOLVERS = Path("/etc/resolv.conf")
SHORT_KEY = 1024 // 8
"""Bytes: an RSA key of 1024 bits can be broken; receivers give it no credit any more."""

Lookup = Callable[[str], list[str]]


class NoAnswer(OSError):
    """No name server answered, or not in a way that can be understood."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at. ``says`` is a sentence that says what to do where ``ok`` is false."""

    name: str
    ok: bool
    says: str


def look(domain: str, *, selectors: tuple[str, ...], lookup: Lookup | None = None) -> list[Finding]:
    """Look at SPF, DMARC and one DKIM key for each selector. Raises :class:`NoAnswer`."""
    ask = lookup or txt
    found = [_spf(domain, ask(domain)), _dmarc(domain, *_dmarc_texts(domain, ask))]
    for selector in selectors:
        found.append(_dkim(f"{selector}._domainkey.{domain}", ask(f"{selector}._domainkey.{domain}")))
    if not selectors:
        sentence = "Name the selector of your mail server with --selector: DNS has no list of keys."
        found.append(Finding(name="DKIM", ok=False, says=sentence))
    return found


def _spf(domain: str, texts: list[str]) -> Finding:
    records = [text for text in texts if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]
    if not records:
        says = f"{domain} has no SPF record. Add a TXT record that begins with v=spf1 and names your mail server."
    elif len(records) > 1:
        says = f"{domain} has {len(records)} SPF records; receivers then take none. Make one of them."
    elif re.search(r"(?:^|\s)\+?all\b", records[0], re.IGNORECASE):
        says = f"The SPF record of {domain} ends in +all, which lets anybody send in its name. End it in -all or ~all."
    elif not re.search(r"(?:^|\s)[-~]all\b|(?:^|\s)redirect=", records[0], re.IGNORECASE):
        says = f"The SPF record of {domain} does not say what holds for all others. End it in -all or ~all."
    else:
        return Finding(name="SPF", ok=True, says=records[0])
    return Finding(name="SPF", ok=False, says=says)


def _dmarc_texts(domain: str, ask: Lookup) -> tuple[list[str], str]:
    """The records at the domain or, where it has none, at the next one above it that has; and at which."""
    labels = domain.split(".")
    for at in range(max(1, len(labels) - 1)):
        name = ".".join(labels[at:])
        texts = ask(f"_dmarc.{name}")
        if any(re.match(r"v\s*=\s*DMARC1\b", text) for text in texts):
            return texts, name
    return [], domain


def _dmarc(domain: str, texts: list[str], where: str) -> Finding:
    records = [_tags(text) for text in texts if re.match(r"v\s*=\s*DMARC1\b", text)]
    if len(records) != 1:
        count = "no DMARC record" if not records else f"{len(records)} DMARC records; receivers then take none"
        says = f"{domain} has {count}. Add one TXT record at _dmarc.{domain}, for example: v=DMARC1; p=quarantine"
    elif (policy := _policy(records[0], inherited=where != domain)) not in ("none", "quarantine", "reject"):
        says = "The DMARC record names no policy (p=quarantine or p=reject)."
    elif policy == "none":
        says = "The DMARC policy is none: mail in your name that is forged is let through. Raise it to quarantine."
    else:
        return Finding(name="DMARC", ok=True, says=policy if where == domain else f"{policy}, from {where}")
    return Finding(name="DMARC", ok=False, says=says)


def _policy(record: dict[str, str], *, inherited: bool) -> str:
    """What holds for the domain: of a record above it, the policy for subdomains where it names one."""
    return (record.get("sp", "") if inherited else "").lower() or record.get("p", "").lower()


def _dkim(name: str, texts: list[str]) -> Finding:
    keys = [tags for text in texts if "p" in (tags := _tags(text))]
    title = f"DKIM {name.split('.', 1)[0]}"
    if not keys:
        return Finding(name=title, ok=False, says=f"There is no key at {name}. Publish the one your mail server shows.")
    given = re.sub(r"\s", "", keys[0]["p"])
    if not given:
        return Finding(name=title, ok=False, says=f"The key at {name} was taken back (p is empty).")
    try:
        length = len(base64.b64decode(given, validate=True))
    except (binascii.Error, ValueError):
        return Finding(name=title, ok=False, says=f"The key at {name} cannot be read. Publish it again, whole.")
    kind = keys[0].get("k", "rsa").lower()
    # The key of RSA stands in a wrapping of about 38 bytes.
    if kind == "rsa" and length < SHORT_KEY + 64:
        return Finding(name=title, ok=False, says=f"The key at {name} is too short. Make one of 2048 bits.")
    return Finding(name=title, ok=True, says=f"a key is published ({kind})")


def _tags(text: str) -> dict[str, str]:
    parts = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in parts if equals}


def txt(name: str, *, servers: list[tuple[str, int]] | None = None) -> list[str]:
    """The TXT records of a name, each as one text; none when there are none. Raises :class:`NoAnswer`."""
    trouble = ""
    for server in servers if servers is not None else resolvers():
        try:
            return _ask(name, server)
        except (OSError, struct.error, IndexError, UnicodeError, ValueError) as error:
            trouble = f"{server[0]}: {error or type(error).__name__}"
    raise NoAnswer(f"No name server answered ({trouble or 'none is set up on this machine'}).")


def resolvers() -> list[tuple[str, int]]:
    """The name servers of this machine, in order."""
    try:
        lines = RESOLVERS.read_text().splitlines()
    except OSError:
        return []
    parts = [line.split() for line in lines]
    return [(words[1], 53) for words in parts if len(words) > 1 and words[0] == "nameserver"]


def _ask(name: str, server: tuple[str, int]) -> list[str]:
    identifier = secrets.randbits(16)
    labels = b"".join(bytes([len(each)]) + each for each in (part.encode("idna") for part in name.split(".")) if each)
    question = labels + b"\0" + struct.pack(">HH", TXT, 1)
    query = struct.pack(">HHHHHH", identifier, 0x0100, 1, 0, 0, 0) + question
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(SECONDS)
        # Connected, so that only this server can answer.
        line.connect(server)
        line.send(query)
        answer = line.recv(4096)
    if answer[2] & 2:
        # Too long for one packet: the same over TCP, with its length before it.
        with socket.create_connection(server, timeout=SECONDS) as stream, stream.makefile("rb") as reader:
            stream.sendall(struct.pack(">H", len(query)) + query)
            answer = reader.read(struct.unpack(">H", reader.read(2))[0])
    return _read(answer, identifier, question)


def _read(answer: bytes, identifier: int, question: bytes) -> list[str]:
    got, flags, questions, answers = struct.unpack(">HHHH", answer[:8])
    if got != identifier or not flags & 0x8000 or questions != 1 or answer[12 : 12 + len(question)] != question:
        raise NoAnswer("the answer is to another question")
    code = flags & 15
    if code == 3:
        return []
    if code:
        raise NoAnswer(f"the name server reports error {code}")
    at, texts = 12 + len(question), []
    for _each in range(answers):
        at = _after_name(answer, at)
        kind, _class, _ttl, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if kind == TXT:
            texts.append(_strings(answer[at : at + length]))
        at += length
    return texts


def _after_name(answer: bytes, at: int) -> int:
    while True:
        length = answer[at]
        if length >= 0xC0:
            return at + 2
        at += 1 + length
        if not length:
            return at


def _strings(content: bytes) -> str:
    """A TXT record is one text in pieces of at most 255 bytes."""
    whole, at = b"", 0
    while at < len(content):
        whole += content[at + 1 : at + 1 + content[at]]
        at += 1 + content[at]
    return whole.decode("utf-8", "replace")
