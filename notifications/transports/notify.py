"""Mail through GOV.UK Notify (its REST API, version 2), for public bodies that may use it.

Notify keeps each message under the reference it was handed over with, and can be asked for it. So an answer that was
lost is no doubt here: the reference is the id of the row, and a message is handed over again only when Notify, asked
some time later, has none of that reference. The template in Notify holds ``((subject))`` and ``((body))``: it writes
its own HTML around our text twin. It carries neither files nor calendar entries.

The API is one signed request, so there is no library here: Notify's own client brings three more packages, and cannot
say whether a request failed before or after it was sent, which is all that counts.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import gaierror
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import ImproperlyConfigured

from groundwork.clock import now
from notifications.transports.contract import Answer, Outcome, Transport

SECONDS = 25.0
"""How long to wait for an answer; a worker's task must end within a minute."""

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

TAKEN = ("created", "sending", "pending", "sent", "delivered")
MAILBOX_GONE = "permanent-failure"
FAILED = (MAILBOX_GONE, "temporary-failure", "technical-failure")
"""What Notify calls the states of a message (docs.notifications.service.gov.uk/rest-api.html)."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who we are to Notify. ``service`` and ``secret`` are the two halves of the API key."""

    service: str
    secret: str
    template_id: str
    address: str


def read_settings(*, api_key: str, template_id: str, address: str) -> Account | None:
    """Understand ``NOTIFY_API_KEY`` (name, service and secret), ``NOTIFY_TEMPLATE_ID`` and ``NOTIFY_API_URL``.

    None when there is no key. Raises :class:`ImproperlyConfigured` with a sentence that never repeats the key.
    """
    if not api_key:
        return None
    halves = re.search(f"({UUID})-({UUID})$", api_key, re.IGNORECASE)
    if halves is None:
        raise ImproperlyConfigured("NOTIFY_API_KEY must be a whole key of GOV.UK Notify: name, service id and secret.")
    if not re.fullmatch(UUID, template_id, re.IGNORECASE):
        raise ImproperlyConfigured("NOTIFY_TEMPLATE_ID must be the id of the email template in GOV.UK Notify.")
    where = urlsplit(address)
    if where.scheme != "https" and where.hostname not in ("127.0.0.1", "localhost"):
        raise ImproperlyConfigured("NOTIFY_API_URL must start with https://.")
    return Account(service=halves[1], secret=halves[2], template_id=template_id, address=address)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back for one request: a status and its JSON, or why nothing did."""

    status: int = 0
    body: Any = None
    trouble: str = ""
    was_sent: bool = True
    """False when it is certain that the request never left."""

    @property
    def words(self) -> str:
        errors = self.body.get("errors", []) if isinstance(self.body, dict) else []
        said = "; ".join(str(each.get("message", "")) for each in errors if isinstance(each, dict))
        return f"{self.status} {said}".strip() if self.status else self.trouble


class Notify:
    """GOV.UK Notify, and beside it the transport ``for_the_rest``: mail that Notify cannot carry."""

    repeatable = False

    def __init__(self, account: Account, *, for_the_rest: Transport, seconds: float = SECONDS) -> None:
        self.account = account
        self.for_the_rest = for_the_rest
        self.seconds = seconds

    def open(self) -> Handing:
        return Handing(self)

    def look_up(self, reference: str) -> Answer:
        """What became of the message with that reference: see :class:`Queryable`."""
        reply = self.ask("GET", "/v2/notifications?" + urlencode({"reference": reference}))
        if reply.status != 200 or not isinstance(reply.body, dict):
            return Answer(Outcome.UNREACHABLE, f"GOV.UK Notify does not say what became of it: {reply.words}.")
        # The newest first, and only of the very reference, whatever the other side understood by it.
        found = [each for each in reply.body.get("notifications", []) if each.get("reference") == reference]
        if not found:
            return Answer(Outcome.LATER, "GOV.UK Notify never got it.")
        state = str(found[0].get("status", ""))
        if state in FAILED:
            text = f"GOV.UK Notify could not deliver it: {state}."
            return Answer(Outcome.REFUSED, text, about_address=state == MAILBOX_GONE)
        return Answer(Outcome.ACCEPTED, f"GOV.UK Notify has it: {state}.")

    def ask(self, method: str, path: str, data: Any = None) -> Reply:
        """One signed request. Never raises."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at when the settings were read
            self.account.address + path,
            method=method,
            data=None if data is None else json.dumps(data).encode(),
            headers={
                "Authorization": f"Bearer {_token(self.account)}",
                "Content-Type": "application/json",
                "User-Agent": "golden-thread",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as response:  # noqa: S310
                return Reply(status=response.status, body=_json(response.read()))
        except urllib.error.HTTPError as error:
            with error:
                return Reply(status=error.code, body=_json(error.read()))
        except urllib.error.URLError as error:
            # Everything up to the last byte of the request. Only what cannot have left is certain not to have arrived.
            never = isinstance(error.reason, (ConnectionRefusedError, gaierror, ssl.SSLCertVerificationError))
            return Reply(trouble=str(error.reason), was_sent=not never)
        except (OSError, ValueError, ssl.SSLError) as error:
            return Reply(trouble=str(error) or type(error).__name__)
        except Exception as error:  # http.client's own family: the answer cannot be understood
            return Reply(trouble=type(error).__name__)


class Handing:
    """Hands messages over one by one. Nothing is announced beforehand: the whole message is one request."""

    def __init__(self, transport: Notify) -> None:
        self.transport = transport
        self.recipient = ""

    def offer(self, sender: str, recipient: str) -> Answer | None:
        self.recipient = recipient
        return None

    def deliver(self, content: bytes) -> Answer:
        mail = message_from_bytes(content, policy=policy.default)
        given = {
            "email_address": self.recipient,
            "template_id": self.transport.account.template_id,
            "personalisation": {"subject": str(mail["Subject"]), "body": body_of(mail)},
            "reference": reference_of(mail),
        }
        if one_click := unsubscribe_address(mail):
            given["one_click_unsubscribe_url"] = one_click
        return _answer(self.transport.ask("POST", "/v2/notifications/email", given))

    def withdraw(self) -> None:
        pass

    def close(self) -> None:
        pass


def _answer(reply: Reply) -> Answer:
    words = f"GOV.UK Notify: {reply.words}"
    if reply.status == 201:
        return Answer(Outcome.ACCEPTED, f"GOV.UK Notify took it ({(reply.body or {}).get('id', '')}).")
    if not reply.was_sent or reply.status in (401, 403, 404, 429):
        # Our key, the template, or how much we may send: says nothing about the message, and nothing was taken.
        return Answer(Outcome.UNREACHABLE, words)
    if 400 <= reply.status < 500:
        return Answer(Outcome.REFUSED, words, about_address="email_address" in reply.words.lower())
    return Answer(Outcome.UNKNOWN, words)


def reference_of(mail: EmailMessage) -> str:
    """The id of the row, which is what stands before the @ of the Message-ID."""
    return str(mail["Message-ID"]).strip("<>").partition("@")[0]


def unsubscribe_address(mail: EmailMessage) -> str:
    """The address that ends such mail by one POST (RFC 8058), or "" for mail that has none."""
    if not mail["List-Unsubscribe-Post"]:
        return ""
    found = re.search(r"<(https://[^<>\s]+)>", str(mail["List-Unsubscribe"] or ""))
    return found[1] if found else ""


def body_of(mail: EmailMessage) -> str:
    """The text twin in Notify's few marks: lines that were folded are whole again, quotes are insets.

    A link that looks like other words cannot be made out of what somebody wrote: our text holds addresses in full only.
    """
    part = mail.get_body(("plain",))
    text = part.get_content() if part is not None else ""
    return unfolded(text).replace("](", "] (").strip() + "\n"


def unfolded(text: str, width: int = 72) -> str:
    """Undo the folding of a text twin: a line goes on where the next word would not have fitted any more.

    >>> unfolded("- one two\\n  three\\n\\nfour", width=12)
    '- one two three\\n\\nfour'
    """
    lines: list[str] = []
    last = ""
    for line in text.splitlines():
        line = line.rstrip()
        lead = re.match(r"(?:> ?|[-*] | )*", line)
        indent = lead[0] if lead else ""
        words = line[len(indent) :]
        before = re.match(r"(?:> ?|[-*] | )*", last)
        hanging = (before[0] if before else "").replace("-", " ").replace("*", " ")
        first = words.split(" ", 1)[0]
        if last and words and indent == hanging and len(last) + 1 + len(first) > width:
            lines[-1] += " " + words
        else:
            lines.append(re.sub(r"^(?:> ?)+", "^ ", line))
        last = line
    return "\n".join(lines)


def _token(account: Account) -> str:
    """Who we are, signed and good for half a minute (RFC 7519, HS256)."""
    parts = ({"typ": "JWT", "alg": "HS256"}, {"iss": account.service, "iat": int(now().timestamp())})
    signed = b".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return (signed + b"." + _base64(hmac.digest(account.secret.encode(), signed, "sha256"))).decode()


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
