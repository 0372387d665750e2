"""How a log line is made: one line per event, with nothing secret and nothing that could forge another line.

JSON in production, short text in a demo. Whole email addresses, values of secret-looking keys, query strings and
token-like parts of paths are taken out before anything is written (requirement S28).
"""

from __future__ import annotations

import logging
import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from groundwork.correlation import correlation_id

_SECRET_KEY = re.compile(
    r"pass(word|wd|phrase)|secret|token|cookie|authori[sz]ation|api_?key|otp|session|credential", re.IGNORECASE
)
# A stranger writes what is looked through here. Each pattern begins only where a run of its characters does, so that
# the time it takes grows with the length of the text, and not with its square.
_MAIL_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+'-])([._%+'-]*[A-Za-z0-9])[A-Za-z0-9._%+'-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
)
_WORD = re.compile(r"[^\s'\"]+")
# One part of a path, long and neither a readable slug nor a UUID: a signed link, a key, an invitation.
_PATH_PART = re.compile(r"(?<=/)[A-Za-z0-9_:=.~-]{20,}(?=/|\s|$|['\"?])")
_READABLE = re.compile(
    r"[a-z]+(?:-[a-z0-9]{1,20})*(?:\.[a-z0-9]{1,12})*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII
)
# The code of a workshop, as people type it or as it stands in an address.
_WORKSHOP_CODE = re.compile(r"(?<=/w/)[A-Za-z0-9-]{8,12}(?=/|\s|$|['\"?])")
_URL_PASSWORD = re.compile(r"(\b\w+://[^\s:/@]*):[^\s@/]+@")
# A token of the API, whatever stands around it (groundwork.accounts.services.tokens).
_API_TOKEN = re.compile(r"gt_[A-Za-z0-9_-]{20,}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
HIDDEN = "[hidden]"


def without_secrets(text: str) -> str:
    """``text`` with addresses shortened to ``a…@example.org`` and passwords, query strings and tokens hidden."""
    text = _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text)
    text = _API_TOKEN.sub(f"gt_{HIDDEN}", text)
    text = _WORKSHOP_CODE.sub(HIDDEN, text)
    text = _MAIL_ADDRESS.sub(r"\1…@\2", text)
    text = _WORD.sub(_without_query, text)
    return _PATH_PART.sub(lambda found: found[0] if _READABLE.fullmatch(found[0]) else HIDDEN, text)


def _without_query(found: re.Match[str]) -> str:
    """A word that holds a path and a question mark after it, without what is asked."""
    word = found[0]
    slash = word.find("/")
    mark = word.find("?", slash) if slash >= 0 else -1
    return f"{word[:mark]}?{HIDDEN}" if 0 <= mark < len(word) - 1 else word


def _clean(key: str, value: Any) -> Any:
    if isinstance(value, str):
        return HIDDEN if value and _SECRET_KEY.search(key) else without_secrets(value)
    if isinstance(value, dict):
        return {str(k): _clean(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(key, item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return HIDDEN if _SECRET_KEY.search(key) else without_secrets(str(value))


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The processor that every line passes last before it is written."""
    return {key: _clean(key, value) for key, value in event.items()}


def name_request(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """One id per request: the correlation id that the audit log, the events and the response header carry too."""
    identifier = correlation_id()
    if identifier:
        event["request_id"] = identifier
    return event


def _one_line(text: str) -> str:
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text.replace("\r", "\\r").replace("\n", "\\n"))


def short_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """``12:03:44 info event key=value``; a traceback follows, each of its lines marked so that none can be forged."""
    time = str(event.pop("timestamp", ""))[11:19]
    level = event.pop("level", "info")
    message = _one_line(str(event.pop("event", "")))
    traceback = event.pop("exception", "")
    for noise in ("logger", "request_id", "task_id", "parent_task_id"):
        event.pop(noise, None)
    pairs = "".join(f" {key}={_one_line(str(value))}" for key, value in event.items())
    marked = "".join(f"\n    | {_one_line(line)}" for line in str(traceback).splitlines())
    return f"{time} {level:<7} {message}{pairs}{marked}"


PRE_CHAIN: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    name_request,
]


def formatter(*, json: bool) -> logging.Formatter:
    """The formatter of the standard library's logging: their lines and ours take the same way out."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*PRE_CHAIN, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer() if json else short_line,
        ],
    )


def configure() -> None:
    """Send structlog's events through the standard library's logging."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *PRE_CHAIN,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
