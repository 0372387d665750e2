"""What other mail servers write back: that a message could not be delivered, or was reported as unwanted.

Pure reading, of RFC 3464 (delivery status) and RFC 5965 (feedback). Anybody can send such a thing to our address, so a
report counts only when it carries the Message-ID of a message that we wrote: who never got it cannot know that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from enum import StrEnum
from typing import Any
from uuid import UUID

from notifications.transports.notify import FAILED, MAILBOX_GONE
from notifications.transports.smtp import refuses_address

UNWANTED = ("abuse", "fraud", "opt-out", "opt-out-list")
"""Types of feedback by which a reader says that they do not want our mail."""
SAYS_NOTHING = ("", "5.0.0", "5.5.0")
"""Status codes that servers give when they mean none in particular: then the reply they quote decides."""


MOST_PARTS = 50
"""Kinds named in one report. What is read costs its lines times how deep its parts lie in each other; a report with the
message that came back has about ten."""
MOST_BREAKS = 10_000
"""Empty lines and boundaries: each may begin another part, which takes far more room than its line."""
_NAMED_KIND = re.compile(rb"^content-type\s*:", re.IGNORECASE | re.MULTILINE)


class What(StrEnum):
    CAME_BACK = "came back"
    UNWANTED = "unwanted"
    ARRIVED = "arrived"
    DELAYED = "delayed"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of one message of ours. ``detail`` is the other side's words, in one line."""

    message_id: UUID
    what: What
    about_address: bool = False
    """It came back because there is no such mailbox."""
    detail: str = ""


class NotAReport(ValueError):
    """This says nothing about a message of ours; the sentence says why."""


def read(content: bytes) -> Report:
    """Understand a report as it arrives by mail. Raises :class:`NotAReport`, also for what was made to harm."""
    line_ends = content.count(b"\n\n") + content.count(b"\n\r\n") + content.count(b"\n--")
    if len(_NAMED_KIND.findall(content)) > MOST_PARTS or line_ends > MOST_BREAKS:
        raise NotAReport("It has more parts than any report.")
    try:
        return _read(content)
    except NotAReport:
        raise
    except Exception as error:
        # Anybody can send anything, and Python's parser raises many things for what no mail program writes.
        raise NotAReport(f"It cannot be read ({type(error).__name__}).") from error


def _read(content: bytes) -> Report:
    mail = message_from_bytes(content, policy=policy.compat32)
    status = feedback = None
    about: UUID | None = None
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status" and status is None:
            status = _status(part)
        elif kind == "message/feedback-report" and feedback is None:
            feedback = _fields(part)
        elif kind in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
            about = about or _message_id(part)
    if status is None and feedback is None:
        raise NotAReport("This is no report about a message.")
    if about is None:
        raise NotAReport("It does not say which message it is about.")
    if feedback is not None:
        kind = str(feedback.get("Feedback-Type", "")).strip().lower()
        if kind not in UNWANTED:
            raise NotAReport(f"It is feedback of another kind: {_line(kind) or 'none is named'}.")
        return Report(message_id=about, what=What.UNWANTED, detail=_line(f"reported as {kind}"))
    assert status is not None  # noqa: S101 - one of the two was found
    action, code, diagnostic = status
    detail = _line(f"{code} {diagnostic}")
    if action == "failed":
        return Report(
            message_id=about, what=What.CAME_BACK, about_address=_is_about_address(code, diagnostic), detail=detail
        )
    if action in ("delivered", "relayed", "expanded"):
        return Report(message_id=about, what=What.ARRIVED, detail=detail)
    if action == "delayed":
        return Report(message_id=about, what=What.DELAYED, detail=detail)
    raise NotAReport("It does not say what became of the message.")


def read_notify(told: Any) -> Report:
    """Understand what GOV.UK Notify tells of one message, which it names by our reference. Raises :class:`NotAReport`.

    Its members are listed at docs.notifications.service.gov.uk/rest-api.html, under delivery receipts.
    """
    if not isinstance(told, dict):
        raise NotAReport("This is no report about a message.")
    try:
        about = UUID(str(told.get("reference", "")))
    except ValueError:
        raise NotAReport("It does not say which message of ours it is about.") from None
    state = _line(str(told.get("status", "")))
    if state in FAILED:
        return Report(
            message_id=about,
            what=What.CAME_BACK,
            about_address=state == MAILBOX_GONE,
            detail=f"GOV.UK Notify says {state}",
        )
    if state == "delivered":
        return Report(message_id=about, what=What.ARRIVED, detail="GOV.UK Notify says delivered")
    raise NotAReport("It does not say what became of the message.")


def _status(part: Message) -> tuple[str, str, str] | None:
    """Action, status code and the quoted reply for the first recipient; a failure before all else."""
    payload = part.get_payload()
    blocks = _parts(payload) if isinstance(payload, list) else [message_from_string(str(payload))]
    found = []
    for block in blocks:
        action = _line(str(block.get("Action", ""))).lower()
        if action:
            code = re.search(r"[245]\.\d{1,3}\.\d{1,3}", str(block.get("Status", "")))
            found.append((action, code[0] if code else "", _line(str(block.get("Diagnostic-Code", "")))))
    found.sort(key=lambda each: each[0] != "failed")
    return found[0] if found else None


def _is_about_address(code: str, diagnostic: str) -> bool:
    reply = re.match(r"smtp;\s*(\d{3})\b", diagnostic, re.IGNORECASE)
    quotes_a_code = re.search(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", diagnostic)
    if quotes_a_code or code in SAYS_NOTHING:
        return refuses_address(diagnostic, int(reply[1]) if reply else None)
    return refuses_address(code)


def _fields(part: Message) -> Message:
    """The fields of a feedback report, however the parser wrapped them."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return next(iter(_parts(payload)), Message())
    decoded = part.get_payload(decode=True)
    text = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else str(payload)
    return message_from_string(text.lstrip())


def _parts(payload: list[Any]) -> list[Message]:
    return [each for each in payload if isinstance(each, Message)]


def _message_id(part: Message) -> UUID | None:
    """The id of our row, from the Message-ID of the message that is sent back, whole or only its headers."""
    named = str(_fields(part).get("Message-ID", "") or "")
    found = re.search(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", named, re.IGNORECASE)
    return UUID(found[1]) if found else None


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:400]
