"""What every answer says to the browser, which cookies are set, and that reading changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tests.frontend.every_route import Place, place
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]

POLICY = {
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
}
PROBES = {"default-src 'none'", "frame-ancestors 'none'"}


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("SECRET-CANARY in /srv/product/file.py")


# The product's own addresses, and one that breaks.
urlpatterns = [path("broken/", broken), path("", include("goldenthread.urls"))]
handler400 = "frontend.pages.errors.bad_request"
handler403 = "frontend.pages.errors.permission_denied"
handler404 = "frontend.pages.errors.not_found"
handler500 = "frontend.pages.errors.server_error"


@pytest.fixture
def somewhere(settings: Any) -> Place:
    forget_cache()
    settings.REQUIRE_MFA = "none"
    return place()


def policy(response: Any) -> set[str]:
    return {each.strip() for each in response["Content-Security-Policy"].split(";") if each.strip()}


def test_every_kind_of_answer(somewhere: Place, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    reference = somewhere.initiative.reference
    visitor, lead = somewhere.client(), somewhere.client("owner:lead")
    kinds: dict[str, tuple[int, Any]] = {
        "page": (200, visitor.get("/")),
        "page of somebody": (200, lead.get("/home/")),
        "record": (200, visitor.get(f"/initiatives/{reference}/")),
        "sign-in": (200, visitor.get("/sign-in/")),
        "static file": (200, visitor.get("/static/build/favicon.svg")),
        "csv": (200, visitor.get("/initiatives.csv")),
        "atom": (200, visitor.get("/initiatives.atom")),
        "text": (200, visitor.get("/.well-known/security.txt")),
        "redirect": (302, visitor.get("/home/")),
        "redirect to the slash": (301, visitor.get("/initiatives")),
        "refusal of a filter": (400, visitor.get("/initiatives.csv?stage=nonsense")),
        "forged host": (400, visitor.get("/", headers={"host": "evil.example"})),
        "not allowed": (403, lead.get("/manage/outbox/")),
        "without token": (403, somewhere.client(enforce_csrf_checks=True).post("/nominate/")),
        "nothing there": (404, visitor.get("/nothing/")),
        "no such file": (404, visitor.get("/static/nothing.js")),
        "wrong method": (405, visitor.post("/initiatives/")),
        "form with mistakes": (422, visitor.post("/nominate/", {})),
        "broken": (500, visitor.get("/broken/")),
        "alive": (200, visitor.get("/healthz")),
    }
    for kind, (status, response) in kinds.items():
        assert response.status_code == status, kind
        assert policy(response) == (PROBES if kind == "alive" else POLICY), kind
        assert response["X-Content-Type-Options"] == "nosniff", kind
        assert response["Referrer-Policy"] == "same-origin", kind
        assert not {"Server", "X-Powered-By"} & set(response.headers), kind
    page = kinds["broken"][1].text
    assert "Sorry, there is a problem" in page
    assert not [word for word in ("CANARY", "/srv", "Traceback", "RuntimeError") if word in page]


def test_no_page_asks_for_what_the_policy_forbids(somewhere: Place) -> None:
    wrong = []
    for role in ("", "owner:lead"):
        client = somewhere.client(role)
        for address in somewhere.addresses():
            response = client.get(address)
            if "html" not in response.get("Content-Type", "") or response.streaming:
                continue
            page = response.text
            wrong += [
                f"{address}: {w}" for w in (' style="', "<style", " onclick=", " onerror=", "<script>") if w in page
            ]
            wrong += [
                f"{address}: {w}" for w in ('src="http', 'src="//', '<link rel="stylesheet" href="http') if w in page
            ]
    assert wrong == []


def test_what_a_person_sees_stays_out_of_shared_caches(somewhere: Place) -> None:
    """Also of a file that is written while it is sent, which asks who reads only after its headers are gone."""
    reference = somewhere.initiative.reference
    addresses = ("/", "/initiatives/", "/initiatives.csv", "/initiatives.atom", "/coverage.csv", "/home/", "/account/")
    for address in (*addresses, f"/initiatives/{reference}/", f"/initiatives/{reference}/history/"):
        for role in ("", "owner:lead"):
            response = somewhere.client(role).get(address)
            assert "Cookie" in response["Vary"], address
            if role:
                assert "private" in response["Cache-Control"], address


def test_reading_sets_no_cookie_and_forms_set_two(somewhere: Place) -> None:
    visitor = somewhere.client()
    for address in (
        "/",
        "/initiatives/",
        "/initiatives.csv",
        f"/initiatives/{somewhere.initiative.reference}/",
        "/help/",
    ):
        visitor.get(address)
    assert not visitor.cookies
    visitor.get("/nominate/")
    # Somebody who has told us of a problem is thanked on the next page.
    visitor.post(f"/initiatives/{somewhere.initiative.reference}/problem/", {"body": "The dates are wrong."})
    visitor.post("/sign-in/", {"email": "somebody@example.org"})
    lead = somewhere.client("owner:lead")
    lead.post("/account/details/", {"name": "Lena Ford"})
    lead.get("/account/")
    for client in (visitor, lead):
        for name, cookie in client.cookies.items():
            assert name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME), "say so on the page on cookies"
            # force_login makes its own cookie, without the attribute that a real sign-in sets.
            assert cookie["httponly"] or client is lead
            assert cookie["samesite"] == "Lax" or client is lead


IN_PRODUCTION = """
import django, json
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(headers={"host": "thread.example.org"})
plain = client.get("/sign-in/")
client.post("/sign-in/", {"email": "somebody@example.org"}, secure=True)
page = client.get("/nominate/", secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain["Location"]],
    "hsts": page["Strict-Transport-Security"],
    "status": page.status_code,
    "cookies": {name: [c["secure"], c["httponly"], c["samesite"], c["path"], c["domain"]]
                for name, c in client.cookies.items()},
    "demo": [client.get(a, secure=True).status_code for a in ("/demo/mail/", "/demo/sign-in/")],
}))
"""


def test_cookies_and_transport_in_production(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")} | {
        "GOLDENTHREAD_MODE": "production",
        "DJANGO_SETTINGS_MODULE": "goldenthread.settings",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "s" * 60,
        "ALLOWED_HOSTS": "thread.example.org",
        "BASE_URL": "https://thread.example.org",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    # Static files have hashed names there, which nobody has gathered here.
    script = IN_PRODUCTION.replace(
        "django.setup()", "django.setup(); from goldenthread.assets import collect_if_stale; collect_if_stale()", 1
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["status"] == 200
    assert told["plain"] == [301, "https://thread.example.org/sign-in/"]
    assert told["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert told["cookies"] == {name: [True, True, "Lax", "/", ""] for name in ("__Host-session", "__Host-csrf")}
    assert told["demo"] == [404, 404]


def rows() -> dict[str, tuple[int, str]]:
    """Every table but that of sessions: how many rows, and a digest of them."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != "django_session":
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a table's own name
                lines = sorted(repr(row) for row in cursor.fetchall())
                found[table] = len(lines), sha256("\n".join(lines).encode()).hexdigest()
    return found


@pytest.mark.parametrize("role", ["", "owner:lead", "other:officer", "operator"])
def test_reading_changes_nothing(somewhere: Place, role: str) -> None:
    """Mail scanners, prefetching browsers and crawlers open every link, some of them several times (F21, E15)."""
    client, before, asked = somewhere.client(role), rows(), 0
    assert len(before) > 20
    for address in somewhere.addresses():
        for method in (client.get, client.head):
            response = method(address)
            b"".join(response.streaming_content) if response.streaming else None
            assert response.status_code < 500, address
            asked += 1
    assert asked > 150
    after = rows()
    assert {table for table in after if after[table] != before.get(table)} == set()
