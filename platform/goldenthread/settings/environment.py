"""The one place that reads environment variables.

Everything configurable is a typed field of :class:`Environment`; settings modules take it from there. Production
refuses to start without its secrets and hosts; the refusal names the variable and says what to set.
"""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]

Mode = Literal["production", "demo", "test"]
SecondFactor = Literal["none", "officers", "all"]


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the process was told by its environment."""

    mode: Mode
    data_dir: Path
    static_root: Path
    """Where gathered static files lie: in the image in production, beside the data in a demo."""
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    database_url: str
    redis_url: str | None
    """Broker and channel layer. Must never evict keys (``maxmemory-policy noeviction``)."""
    cache_url: str | None
    """Cache only; may be another Redis that evicts. ``redis_url`` where it is not given."""
    base_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxy_count: int
    require_mfa: SecondFactor
    """Who may work only with a second factor: nobody, officers and operators, or everybody."""
    time_zone: str
    smtp_url: str | None
    notify_api_key: str
    """Sends by GOV.UK Notify, through the template ``notify_template_id``. Empty: all mail goes by SMTP."""
    notify_template_id: str
    notify_api_url: str
    notify_reports_token: str
    """The bearer token with which Notify reports what became of mail. Empty: no reports are taken."""
    mail_text_kept_days: int
    """How long the words of sent mail are kept; after that only that it was sent."""
    mail_kept_days: int
    mail_from: str
    contact_email: str
    """Where people write to about the service: help, accessibility, privacy, security. ``mail_from`` if not given."""
    host: str
    port: int
    web_processes: int
    """How many processes one ``serve`` starts; more than one needs PostgreSQL and Redis."""
    workshop_kept_months: int
    """How long what was said in a workshop is kept after its report."""
    board_ops_per_second: int
    """Changes that one connection to a live board may send; twice as many at once."""
    board_sockets_per_person: int
    board_sockets_per_board: int
    board_commit_gap_ms: int
    """The least time between two commits of a process's boards: what comes meanwhile shares one."""
    worker_name: str
    """Names this worker to the health checks; unique among the workers of one installation."""

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def is_production(self) -> bool:
        return self.mode == "production"

    @property
    def is_embedded(self) -> bool:
        """Whether web, worker and beat live in one process, because there is no Redis to join several."""
        return self.redis_url is None

    @property
    def broker_url(self) -> str:
        """Where Celery's messages go, in Celery's spelling."""
        if self.redis_url is None:
            return "memory://"
        # One spelling for the operator; Celery calls a Unix socket differently from everybody else.
        return re.sub(r"^unix://", "socket://", self.redis_url)


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read and check the environment.

    Raises :class:`ImproperlyConfigured`, with a sentence that says what to set, when a value is missing or cannot be
    understood.
    """
    mode = environ.get("GOLDENTHREAD_MODE", "production")
    if mode not in ("production", "demo", "test"):
        raise ImproperlyConfigured(f"GOLDENTHREAD_MODE is {mode!r}; set it to production, demo or test.")
    data_dir = Path(environ.get("DATA_DIR", ROOT / "var")).expanduser().resolve()
    host = environ.get("HOST", "127.0.0.1")
    port = _whole_number(environ, "PORT", 8000)
    base_url = environ.get("BASE_URL", "").rstrip("/")
    if mode == "production":
        _require(environ, "SECRET_KEY", "a random string of at least 50 characters")
        _require(environ, "ALLOWED_HOSTS", "the host names this service answers to, separated by commas")
        _require(environ, "BASE_URL", "the address people use, for example https://thread.example.org")
        if not base_url.startswith("https://"):
            raise ImproperlyConfigured("BASE_URL must start with https:// in production.")
        if len(environ["SECRET_KEY"]) < 50:
            raise ImproperlyConfigured("SECRET_KEY is too short: give it at least 50 random characters.")
    if mode == "demo" and base_url.startswith("https://"):
        raise ImproperlyConfigured(
            "BASE_URL starts with https://, which is a production setting, but GOLDENTHREAD_MODE is demo. Demo mode "
            "lets anybody sign in as a demo person; set GOLDENTHREAD_MODE=production or leave BASE_URL out."
        )
    if not 0 < port < 65536:
        raise ImproperlyConfigured(f"PORT is {port}; it must lie between 1 and 65535.")
    time_zone = environ.get("PLACE_TIME_ZONE", "Europe/London")
    if time_zone not in available_timezones():
        raise ImproperlyConfigured(f"PLACE_TIME_ZONE is {time_zone!r}; it must be a name like Europe/London.")
    database_url = environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'goldenthread.sqlite3'}"
    if not database_url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite:///.")
    redis_url = _redis_url(environ, "REDIS_URL")
    hosts = _listed(environ, "ALLOWED_HOSTS")
    return Environment(
        mode=cast(Mode, mode),
        data_dir=data_dir,
        static_root=Path(environ.get("STATIC_ROOT") or data_dir / "static").expanduser().resolve(),
        secret_key=environ.get("SECRET_KEY") or _kept_secret(data_dir, mode),
        secret_key_fallbacks=_listed(environ, "SECRET_KEY_FALLBACKS"),
        database_url=database_url,
        redis_url=redis_url,
        cache_url=_redis_url(environ, "CACHE_URL") or redis_url,
        base_url=base_url or f"http://localhost:{port}",
        # Phones try the demo over the office wifi under whatever address the machine has.
        allowed_hosts=hosts or (("*",) if mode == "demo" else ("testserver", "localhost", "127.0.0.1")),
        trusted_proxy_count=_whole_number(environ, "TRUSTED_PROXY_COUNT", 0),
        require_mfa=_require_mfa(environ, mode),
        time_zone=time_zone,
        smtp_url=environ.get("SMTP_URL") or None,
        notify_api_key=environ.get("NOTIFY_API_KEY", "").strip(),
        notify_template_id=environ.get("NOTIFY_TEMPLATE_ID", "").strip(),
        notify_api_url=environ.get("NOTIFY_API_URL", "").rstrip("/") or "https://api.notifications.service.gov.uk",
        notify_reports_token=environ.get("NOTIFY_REPORTS_TOKEN", "").strip(),
        mail_text_kept_days=max(1, _whole_number(environ, "MAIL_TEXT_KEPT_DAYS", 90)),
        mail_kept_days=max(1, _whole_number(environ, "MAIL_KEPT_DAYS", 400)),
        mail_from=environ.get("MAIL_FROM", "golden-thread@example.org"),
        contact_email=environ.get("CONTACT_EMAIL") or environ.get("MAIL_FROM") or "golden-thread@example.org",
        host=host,
        port=port,
        web_processes=max(1, _whole_number(environ, "WEB_PROCESSES", 1)),
        workshop_kept_months=max(1, _whole_number(environ, "WORKSHOP_KEPT_MONTHS", 24)),
        board_ops_per_second=max(1, _whole_number(environ, "BOARD_OPS_PER_SECOND", 20)),
        board_sockets_per_person=max(1, _whole_number(environ, "BOARD_SOCKETS_PER_PERSON", 5)),
        board_sockets_per_board=max(1, _whole_number(environ, "BOARD_SOCKETS_PER_BOARD", 500)),
        board_commit_gap_ms=_whole_number(environ, "BOARD_COMMIT_GAP_MS", 20),
        worker_name=environ.get("WORKER_NAME") or f"worker-{socket.gethostname()}",
    )


def _listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def _require(environ: Mapping[str, str], name: str, meaning: str) -> None:
    if not environ.get(name):
        raise ImproperlyConfigured(f"{name} is not set. In production it must be {meaning}.")


def _require_mfa(environ: Mapping[str, str], mode: str) -> SecondFactor:
    wanted = environ.get("REQUIRE_MFA") or ("officers" if mode == "production" else "none")
    if wanted not in ("none", "officers", "all"):
        raise ImproperlyConfigured(f"REQUIRE_MFA is {wanted!r}; set it to none, officers or all.")
    return cast(SecondFactor, wanted)


def _redis_url(environ: Mapping[str, str], name: str) -> str | None:
    url = environ.get(name) or None
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"{name} must start with redis://, rediss:// or unix://.")
    return url


def _whole_number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdigit():
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be a whole number.")
    return int(text)


def _kept_secret(data_dir: Path, mode: str) -> str:
    """A secret made at the first start and kept beside the data, so that a restart keeps people signed in."""
    if mode == "test":
        return "only-for-tests-" * 4
    path = data_dir / "secret_key"
    if not path.exists() or not path.read_text().strip():
        data_dir.mkdir(parents=True, exist_ok=True)
        # Written beside and moved into place: a process killed half-way leaves no half secret.
        draft = data_dir / f".secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        draft.replace(path)
    return path.read_text().strip()
