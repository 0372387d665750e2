"""Where mail goes, and what an address of a mail server may say."""

from __future__ import annotations

import dataclasses
import socket
import threading
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from notifications import transports
from notifications.models import OutgoingMessage
from notifications.services import send_due
from notifications.transports.contract import Answer
from notifications.transports.folder import Folder
from notifications.transports.mailbox import Mailbox
from notifications.transports.smtp import Conversation, Server, Smtp, _dotted, read_url
from tests.notifications.ground import message
from tests.notifications.sink import running


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", Server(host="mail", port=25, username="", password="", tls="offered")),
        ("smtp://u:p%40ss@mail", Server(host="mail", port=587, username="u", password="p@ss", tls="offered")),
        ("smtp://mail:2525?tls=required", Server(host="mail", port=2525, username="", password="", tls="required")),
        ("smtps://u:p@mail", Server(host="mail", port=465, username="u", password="p", tls="implicit")),
        ("smtp://localhost:1025?tls=no", Server(host="localhost", port=1025, username="", password="", tls="no")),
    ],
)
def test_an_address_of_a_mail_server_is_understood(url: str, server: Server) -> None:
    assert read_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail",
        "smtp://",
        "smtp://mail:port",
        "smtp://mail:99999",
        "smtp://mail?tls=maybe",
        "smtp://mail?speed=fast",
        "smtp://u:hunter2@mail?tls=no",
    ],
)
def test_one_that_is_wrong_is_told_at_the_start_without_the_password(url: str, settings: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read_url(url)
    assert "hunter2" not in str(refused.value)

    settings.SMTP_URL = url
    (problem,) = transports.address_of_server()
    assert problem.id == "notifications.E001"


@pytest.mark.parametrize(
    ("mode", "url", "kind"),
    [
        ("demo", None, Mailbox),
        ("test", None, Mailbox),
        ("production", None, Folder),
        ("demo", "file:", Folder),
        ("production", "smtp://mail", Smtp),
    ],
)
def test_which_way_mail_goes(mode: str, url: str | None, kind: type, settings: Any) -> None:
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, mode=mode)
    settings.SMTP_URL = url
    assert isinstance(transports.chosen(), kind)


@pytest.mark.django_db
def test_a_folder_holds_each_message_once(tmp_path: Path) -> None:
    row = message("reader@example.org", subject="Grüße")
    folder = Folder(tmp_path / "mail")

    send_due(transport=folder)
    OutgoingMessage.objects.update(status="due", lease_until=None)
    send_due(transport=folder)

    (path,) = (tmp_path / "mail").iterdir()
    mail = message_from_bytes(path.read_bytes())
    assert path.suffix == ".eml"
    assert mail["To"] == "reader@example.org"
    assert mail["Message-ID"] == row.message_id


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    row = message()

    send_due(transport=Folder(tmp_path / "mail"))

    row.refresh_from_db()
    assert row.status == "due"
    assert "cannot be written" in row.last_answer


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (b"a\nb\n", b"a\r\nb\r\n.\r\n"),
        (b"a\r\n.\r\nb", b"a\r\n..\r\nb\r\n.\r\n"),
        (b".hidden\n..two\n", b"..hidden\r\n...two\r\n.\r\n"),
        (b"", b".\r\n"),
    ],
)
def test_a_dot_never_ends_a_message_early(content: bytes, sent: bytes) -> None:
    assert _dotted(content) == sent


def test_no_protection_where_it_is_required_is_no_conversation() -> None:
    with running() as sink:
        server = Server(host="127.0.0.1", port=sink.port, username="", password="", tls="required")
        session = Smtp(server, command_seconds=2, answer_seconds=1).open()
        answer = session.offer("a@example.org", "b@example.org")
    assert answer is not None
    assert answer.outcome == "unreachable"
    assert "STARTTLS" in answer.text


class _Scripted:
    """A mail server that answers whole writes from a script, and keeps what it was told."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = [b"220 here\r\n", b"250-here\r\n250 PIPELINING\r\n", *answers]
        self.told: list[bytes] = []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        line, _address = self.listening.accept()
        with line:
            line.sendall(self.answers.pop(0))
            while told := line.recv(65_536):
                self.told.append(told)
                if not self.answers:
                    return
                line.sendall(self.answers.pop(0))

    def session(self) -> Conversation:
        server = Server(host="127.0.0.1", port=self.port, username="", password="", tls="no")
        return Smtp(server, command_seconds=5, answer_seconds=5).open()

    def end(self) -> None:
        self.thread.join(10)
        self.listening.close()


def hand_over(*answers: bytes) -> tuple[Answer, list[bytes]]:
    server = _Scripted(*answers)
    session = server.session()
    assert session.offer("a@example.org", "b@example.org") is None
    answer = session.deliver(b"Subject: It\n\nThe content\n")
    session.close()
    server.end()
    return answer, server.told[1:]


def test_three_commands_go_in_one_write_and_the_content_after_their_answers() -> None:
    answer, told = hand_over(b"250 ok\r\n250 ok\r\n354 go on\r\n", b"250 taken\r\n", b"221 bye\r\n")

    assert answer.outcome == "accepted"
    assert told[0] == b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"
    assert told[1] == b"Subject: It\r\n\r\nThe content\r\n.\r\n"


@pytest.mark.parametrize(
    ("answers", "outcome", "about_address"),
    [
        (b"250 ok\r\n550 5.1.1 nobody\r\n503 no recipient\r\n", "refused", True),
        (b"250 ok\r\n450 later\r\n503 no recipient\r\n", "later", False),
        (b"451 later\r\n503 no sender\r\n503 no sender\r\n", "later", False),
        (b"553 not you\r\n503 no sender\r\n503 no sender\r\n", "refused", False),
        (b"250 ok\r\n250 ok\r\n452 full\r\n", "later", False),
        (b"250 ok\r\n250 ok\r\n554 no\r\n", "refused", False),
        (b"250 ok\r\n250 ok\r\n250 what\r\n", "later", False),
        (b"354 what\r\n250 ok\r\n250 ok\r\n", "later", False),
        # It wants content for a recipient that it refused.
        (b"250 ok\r\n550 5.1.1 nobody\r\n354 go on\r\n", "refused", True),
        (b"250 ok\r\n450 later\r\n354 go on\r\n", "later", False),
        # It hangs up.
        (b"421 bye\r\n", "later", False),
        (b"250 ok\r\n421 bye\r\n", "later", False),
        (b"250 ok\r\n550 5.1.1 nobody\r\n421 bye\r\n", "refused", True),
    ],
)
def test_no_content_goes_to_who_did_not_like_all_three(answers: bytes, outcome: str, about_address: bool) -> None:
    answer, told = hand_over(answers, b"250 ok\r\n", b"221 bye\r\n")

    assert (answer.outcome, answer.about_address) == (outcome, about_address), answer
    assert not any(b"The content" in each for each in told)


@pytest.mark.parametrize("answers", [b"250 ok\r\n", b"250 ok\r\n250 ok\r\n"])
def test_a_line_that_breaks_between_the_three_leaves_no_doubt(answers: bytes) -> None:
    server = _Scripted(answers)
    session = server.session()
    session.offer("a@example.org", "b@example.org")
    server.listening.close()
    # It says so much, and hangs up at the next word: there is none, so the wait for it ends.
    session.transport.command_seconds = 0.3
    assert session.line is not None
    assert session.line.sock is not None
    session.line.sock.settimeout(0.3)
    answer = session.deliver(b"Subject: It\n\nThe content\n")

    assert answer.outcome == "later"
    assert not any(b"The content" in each for each in server.told)


@pytest.mark.django_db
def test_a_domain_with_other_letters_is_spelt_as_servers_spell_it() -> None:
    row = message("reader@bücher.example")
    with running() as sink:
        send_due(transport=sink.transport())
    (mail,) = sink.taken
    assert mail["To"] == "reader@xn--bcher-kva.example"
    assert sink.tried["reader@xn--bcher-kva.example"] == 1
    row.refresh_from_db()
    assert row.status == "sent"
