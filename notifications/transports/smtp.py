"""Mail over SMTP (RFC 5321), one recipient per message, with each doubt settled on the safe side.

The point of no return is the message's content: before it, a broken line means "later"; after it, a broken line means
"unknown", because the server may have taken the message and only its answer got lost (RFC 1047).

Where the server offers it, sender, recipient and DATA go out in one write (PIPELINING, RFC 2920), and its three answers
are looked at one by one before any content goes. Then a message is announced when it is handed over, not before.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from notifications.transports.contract import Answer, Outcome

COMMAND_SECONDS = 10.0
ANSWER_SECONDS = 25.0
"""How long to wait for the answer to a whole message. Short of RFC 5321's ten minutes, because a worker's task must
end within one; a server that is slower makes the message uncertain, never doubled."""

_SIMPLE = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""Addresses in which nothing needs quoting."""

Tls = Literal["offered", "required", "no", "implicit"]


@dataclass(frozen=True, kw_only=True)
class Server:
    host: str
    port: int
    username: str
    password: str
    tls: Tls

    @property
    def is_local(self) -> bool:
        return self.host in ("localhost", "127.0.0.1", "::1")


def read_url(url: str) -> Server:
    """Understand ``smtp[s]://[user:password@]host[:port][?tls=offered|required|no]``.

    Raises :class:`ImproperlyConfigured` with a sentence that says what to correct, and never repeats the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps"):
        raise ImproperlyConfigured("SMTP_URL must start with smtp://, smtps:// or file:.")
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("The port in SMTP_URL must be a number from 1 to 65535.") from None
    if not parts.hostname:
        raise ImproperlyConfigured("SMTP_URL names no host: write smtp://host:port.")
    options = parse_qs(parts.query)
    tls = options.pop("tls", ["offered"])[-1]
    if options or tls not in ("offered", "required", "no"):
        raise ImproperlyConfigured("SMTP_URL may end in ?tls=offered, ?tls=required or ?tls=no, and in nothing else.")
    if parts.scheme == "smtps":
        tls = "implicit"
    server = Server(
        host=parts.hostname,
        port=port or {"smtps": 465}.get(parts.scheme, 587 if parts.username else 25),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,  # type: ignore[arg-type]
    )
    if server.username and tls == "no" and not server.is_local:
        raise ImproperlyConfigured("SMTP_URL would send a password over an unprotected line: leave out ?tls=no.")
    return server


class Smtp:
    repeatable = False

    def __init__(
        self, server: Server, *, command_seconds: float = COMMAND_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self.server = server
        self.command_seconds = command_seconds
        self.answer_seconds = answer_seconds

    def open(self) -> Conversation:
        return Conversation(self)


class Conversation:
    """A connection that is made when first needed, used for message after message, and made anew when it broke."""

    def __init__(self, transport: Smtp) -> None:
        self.transport = transport
        self.line: smtplib.SMTP | None = None
        self.unsaid: tuple[str, str] | None = None
        """Sender and recipient that are announced together with DATA."""

    def offer(self, sender: str, recipient: str) -> Answer | None:
        if self.line is None:
            answer = self._connect()
            if answer:
                return answer
        line = self.line
        assert line is not None  # noqa: S101 - connected above
        if line.has_extn("pipelining"):
            self.unsaid = (sender, recipient)
            return None
        try:
            code, words = line.mail(sender)
            of_recipient = 200 <= code < 300
            if of_recipient:
                code, words = line.rcpt(recipient)
            if not 200 <= code < 300:
                self._after_refusal(code)
                return _answer(code, words, of_recipient=of_recipient)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Answer(Outcome.LATER, f"The line broke before the message was handed over: {_name(error)}.")
        return None

    def deliver(self, content: bytes) -> Answer:
        line = self.line
        if line is None:
            return Answer(Outcome.LATER, "The line broke before the message was handed over.")
        unsaid, self.unsaid = self.unsaid, None
        try:
            refusal = self._begin(line) if unsaid is None else self._announce_and_begin(line, *unsaid)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Answer(Outcome.LATER, f"The line broke before the message was handed over: {_name(error)}.")
        if refusal is not None:
            return refusal
        try:
            if line.sock is not None:
                line.sock.settimeout(self.transport.answer_seconds)
            line.send(_dotted(content))
            code, words = line.getreply()
            if line.sock is not None:
                line.sock.settimeout(self.transport.command_seconds)
        except Exception as error:  # whatever it was, the content is out
            self._hang_up()
            return Answer(Outcome.UNKNOWN, f"No answer after the message was handed over: {_name(error)}.")
        if not 200 <= code < 600:
            self._hang_up()
            return Answer(Outcome.UNKNOWN, f"An answer that cannot be understood: {code}.")
        if code >= 400:
            self._after_refusal(code)
        return _answer(code, words)

    def _begin(self, line: smtplib.SMTP) -> Answer | None:
        """Say DATA. Returns None when the content may follow."""
        code, words = line.docmd("DATA")
        if code == 354:
            return None
        self._after_refusal(code)
        return _answer(code, words) if code >= 400 else Answer(Outcome.LATER, f"Unexpected answer {code} to DATA.")

    def _announce_and_begin(self, line: smtplib.SMTP, sender: str, recipient: str) -> Answer | None:
        """Name sender and recipient and say DATA in one write. Returns None when the content may follow.

        The server answers each in turn. Content goes only when it liked all three: what it says to DATA after it
        refused the recipient counts for nothing (RFC 2920, 3.1).
        """
        said = f"MAIL FROM:{_quoted(sender)}\r\nRCPT TO:{_quoted(recipient)}\r\nDATA\r\n"
        line.send(said.encode("ascii"))
        refusal: Answer | None = None
        code, words = 0, b""
        for command in ("MAIL", "RCPT", "DATA"):
            try:
                code, words = line.getreply()
            except (OSError, smtplib.SMTPException):
                if refusal is None:
                    raise
                # It hung up after saying no: that was its answer.
                self._hang_up()
                return refusal
            if code == 421:
                self._hang_up()
                return refusal or _answer(code, words)
            if refusal is not None or (code == 354 and command == "DATA") or (command != "DATA" and 200 <= code < 300):
                continue
            if code >= 400:
                refusal = _answer(code, words, of_recipient=command == "RCPT")
            else:
                refusal = Answer(Outcome.LATER, f"Unexpected answer {code} to {command}.")
        if refusal is None and code == 354:
            return None
        if code == 354:
            # It waits for content although it wants none: nothing is the one thing it cannot misread.
            self._hang_up()
        else:
            self.withdraw()
        return refusal or Answer(Outcome.LATER, f"Unexpected answer {code} to DATA.")

    def withdraw(self) -> None:
        if self.unsaid is not None:
            self.unsaid = None
            return
        if self.line is not None:
            try:
                self.line.rset()
            except (OSError, smtplib.SMTPException):
                self._hang_up()

    def close(self) -> None:
        if self.line is not None:
            try:
                self.line.quit()
            except (OSError, smtplib.SMTPException):
                pass
            finally:
                self._hang_up()

    def _connect(self) -> Answer | None:
        server = self.transport.server
        seconds = self.transport.command_seconds
        line: smtplib.SMTP | None = None
        try:
            if server.tls == "implicit":
                line = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=ssl.create_default_context())
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=seconds)
                line.ehlo_or_helo_if_needed()
                if server.tls == "required" and not line.has_extn("starttls"):
                    raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS, and SMTP_URL requires it")
                protected = server.tls != "no" and line.has_extn("starttls")
                if protected:
                    line.starttls(context=_context(server))
                if server.username and not protected and not server.is_local:
                    raise smtplib.SMTPNotSupportedError("a password is not sent over an unprotected line")
            line.ehlo_or_helo_if_needed()
            if server.username:
                line.login(server.username, server.password)
        except (OSError, smtplib.SMTPException) as error:
            if line is not None:
                line.close()
            return Answer(Outcome.UNREACHABLE, f"No conversation with the mail server: {_name(error)}.")
        self.line = line
        return None

    def _after_refusal(self, code: int) -> None:
        """421 means that the server hangs up; after any other refusal the next message starts afresh."""
        if code == 421:
            self._hang_up()
        else:
            self.withdraw()

    def _hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None


def _context(server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.tls == "offered" and not server.username:
        # Opportunistic TLS: without it the line would be open, so a certificate nobody vouches for is still better.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _answer(code: int, words: bytes | str, *, of_recipient: bool = False) -> Answer:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    outcome = Outcome.ACCEPTED if code < 300 else Outcome.LATER if code < 500 else Outcome.REFUSED
    return Answer(
        outcome,
        f"{code} {' '.join(text.split())}",
        about_address=outcome == Outcome.REFUSED and refuses_address(text, code if of_recipient else None),
    )


def refuses_address(text: str, code: int | None = None) -> bool:
    """Whether a refusal says that there is no such mailbox, rather than that it does not like us or the message.

    An enhanced status code (RFC 3463) decides where there is one: 5.1.x is about the address of the recipient, and
    5.2.1 says that the mailbox is closed; 5.2.2 (full) and 5.7.x (policy) pass. Without one, ``code`` is the reply to
    the naming of the recipient: 550, 551 and 553 mean the address, 552 and 554 need not.
    """
    enhanced = re.search(r"(?<![\d.])5\.(\d{1,3})\.(\d{1,3})(?![\d.])", text)
    if enhanced:
        subject, detail = int(enhanced[1]), int(enhanced[2])
        # 5.1.7 and 5.1.8 find fault with the sender.
        return (subject == 1 and detail not in (7, 8)) or (subject, detail) == (2, 1)
    return code in (550, 551, 553)


def _name(error: BaseException) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server refused the name or password in SMTP_URL"
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__


def _quoted(address: str) -> str:
    """An address in angle brackets, whatever is in it."""
    return f"<{address}>" if _SIMPLE.fullmatch(address) else smtplib.quoteaddr(address)


def _dotted(content: bytes) -> bytes:
    """The content as SMTP wants it: CRLF line ends, leading dots doubled, a line with one dot at the end."""
    if content.endswith(b"\r\n") and content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r"):
        # Ours are as they should be.
        dotted = content.replace(b"\n.", b"\n..") if b"\n." in content else content
        return (b".%s.\r\n" if dotted.startswith(b".") else b"%s.\r\n") % dotted
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if lines and not lines.endswith(b"\n"):
        lines += b"\n"
    if lines.startswith(b"."):
        lines = b"." + lines
    return lines.replace(b"\n.", b"\n..").replace(b"\n", b"\r\n") + b".\r\n"
