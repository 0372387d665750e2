"""Whatever is sent to whichever address: a sentence and a 4xx, nothing stored that cannot be shown, never a 500."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client

from collaboration.initiatives.models import Initiative, Update
from groundwork.accounts.models import SignInRequest
from notifications.models import OutgoingMessage
from tests.frontend.every_route import Place, place, routes
from tests.frontend.markup import page
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

SCRIPT = "\"'><script>alert(1)</script>"
HALF = "%ED%A0%80"
"""Half of a surrogate pair as UTF-8 would spell it."""

IN_PATHS = (
    "%00",
    HALF,
    "%FF%FE",
    "9" * 30,
    "a" * 3000,
    quote(SCRIPT),
    "%E2%80%AEx",
    "..%2F..%2Fetc%2Fpasswd",
    "%0d%0aX",
)
IN_QUERIES = (*("%00", HALF, "%FF%FE", "9" * 30, "a" * 3000, quote(SCRIPT)), "-1", "%2A%20OR%20NEAR(", "%25s%22%5C'")
NAMES = (
    *("words", "q", "ambition", "strand", "block", "element", "area", "organisation", "sector", "stage", "year"),
    *("exemplar", "sort", "page", "format", "by", "rows", "columns", "axis", "measure", "view", "to", "title", "into"),
    *("next", "only", "mandate", "role", "lines"),
)
"""Every name that a page of ours reads from a query, and some that none does."""

ROLES = ("", "owner:lead", "other:officer", "operator")
TYPED = (
    *("\x00", "\x1b[31m\ufffe", "\u202e" + SCRIPT, SCRIPT, "=1+1\r\nBcc: all@example.org", "x" * 100_000, "1e999"),
    *("{{ 7|add:7 }} %(x)s %s", "\uff11\uff12"),
)
TAMPERED = ("\x00", "9" * 400, "-1")
"""For the fields that a person does not see too: versions, and how many lines a form has."""

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


def part(name: str, value: str, *, also: str = "") -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{also}\r\n\r\n{value}\r\n'.encode()


BODIES: dict[str, tuple[str, bytes]] = {
    "10 MB in a field": (FORM, b"title=" + b"x" * 10_000_000),
    "10 MB of JSON": ("application/json", b"[" * 10_000_000),
    "thousands of fields": (FORM, b"a=1&" * 5_000),
    "thousands of parts": (MULTIPART, part("a", "1") * 2_000 + b"--x--\r\n"),
    "thousands of files": (MULTIPART, part("a", "1", also='; filename="a"') * 500 + b"--x--\r\n"),
    "no UTF-8": (FORM, b"title=%ff&what=%fe&email=%ff"),
    "raw bytes": (FORM, b"\xff\xfe\x00=\xff"),
    "half a character": (FORM, f"title={HALF}&email={HALF}&body={HALF}&reason={HALF}&name={HALF}".encode()),
    "another charset": (f"{FORM}; charset=utf-16", b"t\x00i\x00"),
    "no parts": (MULTIPART, b"nothing of the kind"),
    "no boundary": ("multipart/form-data", b"--x"),
    "a boundary of other letters": ("multipart/form-data; boundary=é", b"--x"),
    "no end": (MULTIPART, part("title", "x")[:-9]),
    "a file for a text": (MULTIPART, part("title", "x", also='; filename="x.exe"') + b"--x--\r\n"),
    "no such type": ("nonsense;;;=", b"title=x"),
} | {
    # Codecs that Python knows and that are no charset of any form.
    f"parts in {codec}": (
        f"{MULTIPART}; charset={codec}",
        part("title", "\\ud800") + part("email", "\\ud800") + b"--x--",
    )
    for codec in ("hex", "rot13", "unicode_escape", "utf-7", "utf-16", "idna", "undefined", "no-such-thing")
}


@pytest.fixture
def somewhere(settings: Any) -> Place:
    forget_cache()
    # That officers need a second step is shown elsewhere; here they are to get in.
    settings.REQUIRE_MFA = "none"
    return place()


def runs_script(response: Any) -> bool:
    return "html" in response.get("Content-Type", "") and b"<script>alert" in response.everything


def undone(client: Client, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
    """A request whose traces are taken back, so that the next one meets the same place."""
    block = transaction.atomic()
    # As Django marks the transaction around a test: within it, what insists on committing for itself may run too.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        response = getattr(client, method)(path, *args, **kwargs)
        # A file is written while it is sent: until it was read to its end nothing is known.
        response.everything = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    forget_cache()
    return response


@pytest.mark.parametrize("role", ["", "owner:lead"])
def test_addresses_with_anything_in_them(somewhere: Place, role: str) -> None:
    client, wrong = somewhere.client(role), []
    for route in routes():
        for value in IN_PATHS if route.parameters else ():
            status = client.get(route.filled(value)).status_code
            if status >= 500:
                wrong.append(f"{route.name} with {value[:20]}: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", ["", "other:officer"])
def test_questions_with_anything_in_them(somewhere: Place, role: str) -> None:
    client, wrong = somewhere.client(role), []
    # Who is signed in meets the same lists with more in them: there the strangest few will do.
    values = IN_QUERIES[:3] if role else IN_QUERIES
    for path in (route.path({}) for route in routes() if not route.parameters):
        for value in values:
            response = undone(client, "get", f"{path}?" + "&".join(f"{name}={value}" for name in NAMES))
            if response.status_code >= 500 or runs_script(response):
                wrong.append(f"{path} with {value[:20]}: {response.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_forms_with_anything_in_them(somewhere: Place, role: str) -> None:
    """Every form a person comes across, each of its fields filled with the same trouble; what is hidden is kept."""
    client, wrong, seen = somewhere.client(role), [], set()
    for path in somewhere.addresses():
        answer = undone(client, "get", path)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        for form in page(answer.everything.decode()).all("form"):
            target = form.attrs.get("action") or path
            if form.attrs.get("method", "").lower() != "post" or target in seen:
                continue
            seen.add(target)
            controls = [
                c for tag in ("input", "textarea", "select", "button") for c in form.all(tag) if "name" in c.attrs
            ]
            hidden = {c.attrs["name"]: c.attrs.get("value", "") for c in controls if c.attrs.get("type") == "hidden"}
            names = [c.attrs["name"] for c in controls]
            tries = [(value, dict.fromkeys(names, value) | hidden) for value in TYPED]
            tries += [(value, dict.fromkeys(names, value)) for value in TAMPERED]
            for value, sent in tries:
                response = undone(client, "post", target, sent)
                if response.status_code >= 500 or runs_script(response):
                    wrong.append(f"{target} with {value[:20]!r}: {response.status_code}")
    assert seen, "there are forms everywhere"
    assert wrong == []


@pytest.mark.parametrize("what", sorted(BODIES))
def test_bodies_of_any_kind(somewhere: Place, what: str) -> None:
    kind, body = BODIES[what]
    reference = somewhere.initiative.reference
    visitor, lead = somewhere.client(), somewhere.client("owner:lead")
    before = Initiative.objects.count(), Update.objects.count(), SignInRequest.objects.count()
    for client, path in (
        (visitor, "/nominate/"),
        (visitor, "/sign-in/"),
        (visitor, "/sign-in/password/"),
        (visitor, f"/initiatives/{reference}/problem/"),
        (lead, "/initiatives/new/"),
        (lead, "/import/"),
        (lead, f"/initiatives/{reference}/edit/about/"),
        (lead, f"/initiatives/{reference}/edit/partners/"),
        (lead, f"/initiatives/{reference}/update/"),
        (lead, "/account/details/"),
    ):
        if what == "half a character" and path == "/account/details/":
            # Decoded to the mark for what cannot be read, which a name may hold.
            continue
        response = client.generic("POST", path, body, content_type=kind)
        assert 400 <= response.status_code < 500, f"{path}: {response.status_code}"
        assert "<h1" in response.text
    assert (Initiative.objects.count(), Update.objects.count(), SignInRequest.objects.count()) == before


@pytest.mark.parametrize("role", ["", "owner:lead"])
def test_no_form_is_taken_without_its_token(somewhere: Place, role: str) -> None:
    client = somewhere.client(role, enforce_csrf_checks=True)
    taken = {}
    for path in somewhere.addresses():
        if path.startswith("/u/") and not path.endswith("/change/"):
            # Mail programs post here without a cookie (RFC 8058). Whoever holds the link can stop mail, and no more.
            continue
        # These take no cookie for anybody, so they need no defence against forged forms: they ask for a token.
        refusals = (401, 403, 404, 405) if path.startswith(("/api/", "/mail/reports/")) else (403,)
        if (status := client.post(path, {}).status_code) not in refusals:
            taken[path] = status
    assert taken == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_ways_of_asking(somewhere: Place, method: str) -> None:
    client = somewhere.client("owner:lead")
    statuses = {path: undone(client, "generic", method, path).status_code for path in somewhere.addresses()}
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    elsewhere = ("/account/", "/sign-", *(("/api/",) if method == "OPTIONS" else ()))
    ours = {p: s for p, s in statuses.items() if s < 300 and not p.startswith(elsewhere)}
    assert ours == {}, "only reading and sending a form are offered"


HOSTS = (
    *(
        "evil.example",
        "testserver.evil.example",
        "evil.example:80",
        "testserver@evil.example",
        "evil.example#testserver",
    ),
    *(
        "testserver:abc",
        "testserver evil",
        "[::1",
        "te\tst",
        "xn--e1afmkfd",
        "169.254.169.254",
        "testserver,evil.example",
    ),
    *(
        "//evil.example",
        "evil.example/testserver",
        "*",
        ".testserver",
        "testserver%00",
        "127.0.0.1.evil.example",
        "é",
        "?",
    ),
)


@pytest.mark.parametrize("host", HOSTS)
def test_a_forged_host_is_refused(somewhere: Place, host: str) -> None:
    client = somewhere.client()
    assert client.get("/", headers={"host": host}).status_code == 400
    assert client.post("/sign-in/", {"email": "forged@example.org"}, headers={"host": host}).status_code == 400
    assert not SignInRequest.objects.filter(email="forged@example.org").exists()


def test_links_in_mail_do_not_come_from_the_request(somewhere: Place, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    client = somewhere.client()
    owner = somewhere.world["owner:lead"].who
    assert client.post("/sign-in/", {"email": owner.email}, headers=forged).status_code == 302
    client.post("/sign-in/password/forgotten/", {"email": owner.email}, headers=forged)
    mails = OutgoingMessage.objects.filter(recipient=owner.email)
    assert {"account.sign_in"} <= set(mails.values_list("kind", flat=True))
    for mail in mails:
        assert "evil.example" not in mail.text + mail.html + mail.subject
        assert settings.BASE_URL in mail.text


ELSEWHERE = (
    *(
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "///evil.example",
        "https:evil.example",
    ),
    *(
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        " //evil.example",
        "https://[::1",
    ),
)


def test_nobody_is_sent_elsewhere(somewhere: Place, settings: Any) -> None:
    """Where every host is allowed, as in a demo, so that only our own check is left."""
    settings.ALLOWED_HOSTS = ["*"]
    who = somewhere.world["owner:member"].who
    who.set_password("correct horse battery")
    who.save()
    mandate = who.mandates.get().pk
    asking = ("/sign-in/", "/sign-in/password/", "/sign-in/closed/", "/account/arrive/", "/account/again/", "/acting/")
    wrong = []
    for elsewhere in ELSEWHERE:
        answers = [
            undone(client, "get", path, {"next": elsewhere})
            for client in (somewhere.client(), somewhere.client("owner:lead"))
            for path in asking
        ]
        visitor = somewhere.client()
        sent = {"login": who.email, "password": "correct horse battery", "next": elsewhere}
        entered = undone(visitor, "post", "/sign-in/password/", sent)
        assert entered.status_code == 302
        visitor.force_login(who)
        for path, fields in ((entered["Location"], {}), ("/acting/", {"mandate": mandate}), ("/sign-out/", {})):
            answers.append(undone(visitor, "get", path))
            answers.append(undone(visitor, "post", path, {**fields, "next": elsewhere}))
        for answer in answers:
            location = answer.get("Location", "")
            leads_away = (
                location.startswith(("//", "/\\", "\\")) or not location.startswith(("/", "")) or ":" in location
            )
            if answer.status_code >= 500 or leads_away or f'href="{elsewhere}"'.encode() in answer.everything:
                wrong.append(f"{answer.request['PATH_INFO']} with {elsewhere}: {answer.status_code} {location}")
    assert wrong == []
