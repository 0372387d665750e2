"""Who gets which page in which state: every route, every role. A route that is not written down here fails the build.

Answers are status codes of a GET. 302 leads to the sign-in page; 404 means that one may not know that it exists; 403
comes with a sentence that says why; 410 says that it was withdrawn. What a POST does is asked of every rule in
tests/collaboration/initiatives; here a POST only must not get further than the GET.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from collaboration.initiatives.models import AskOrOffer, Challenge, Initiative, JoinAsk, Nomination, ProblemReport
from groundwork.clock import now
from groundwork.ids import uuid7
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World
from tests.settings import forget_cache

pytestmark = pytest.mark.django_db

KEEPERS = {"owner:member", "owner:lead", "owner:approver"}
DECIDERS = {"owner:lead", "owner:approver"}
PARTNERS = {"partner:member", "partner:lead"}
SCRUTINY = {"owner:scrutiny", "other:scrutiny"}
OFFICER = {"other:officer"}
MANDATED = KEEPERS | PARTNERS | SCRUTINY | OFFICER | {"other:lead"}
WITHOUT_MANDATE = {"nobody", "operator"}
SIGNED_IN = MANDATED | WITHOUT_MANDATE
EVERYBODY = SIGNED_IN | {"public"}
NOBODY: set[str] = set()

STATES = ("draft", "partners", "public", "withdrawn")
SEES = {
    "draft": KEEPERS,
    "partners": MANDATED,
    "public": EVERYBODY,
    "withdrawn": KEEPERS | OFFICER | {"owner:scrutiny"},
}
"""Who may know of an initiative in a state. An officer of the convening organisation sees no draft of others."""

PUBLISHED = ("partners", "public")


def published(roles: set[str], *, draft: set[str] = NOBODY, withdrawn: set[str] = NOBODY) -> dict[str, set[str]]:
    return {"draft": draft, "partners": roles, "public": roles, "withdrawn": withdrawn}


INITIATIVE: dict[str, dict[str, set[str]]] = {
    "initiative-edit": published(KEEPERS, draft=KEEPERS),
    "initiative-check": published(KEEPERS, draft=KEEPERS),
    "initiative-done": published(KEEPERS, draft=KEEPERS),
    "initiative-section": published(KEEPERS, draft=KEEPERS),
    "initiative-verify": published(KEEPERS | PARTNERS),
    "initiative-update": published(KEEPERS | PARTNERS),
    "initiative-learning": published(KEEPERS | PARTNERS),
    "initiative-ask-offer": published(KEEPERS | PARTNERS),
    "ask-offer-close": published(KEEPERS | PARTNERS),
    "initiative-challenge": published(SCRUTINY),
    "challenge-respond": published(DECIDERS, draft=DECIDERS),
    "initiative-withdraw": published(DECIDERS, draft=DECIDERS, withdrawn=DECIDERS),
    "initiative-restore": published(DECIDERS, draft=DECIDERS, withdrawn=DECIDERS),
    "initiative-merge": published({"owner:lead"} | OFFICER, draft={"owner:lead"}),
    "initiative-exemplar": published(OFFICER),
    "initiative-join": published(OFFICER | {"other:lead"}),
    "join-answer": published(DECIDERS, draft=DECIDERS),
    "problem-close": published(KEEPERS | OFFICER, draft=KEEPERS, withdrawn=KEEPERS | OFFICER),
    "partner-answer": published({"partner:lead"}),
}
"""Pages of one initiative for people who are signed in: who may use them in each state."""

INITIATIVE_FOR_ALL: dict[str, dict[str, set[str]]] = {
    "initiative": {state: SEES[state] for state in STATES},
    "initiative-history": {state: SEES[state] for state in STATES},
    "thread-initiative": {state: SEES[state] for state in STATES},
    "initiative-problem": published(EVERYBODY, draft=KEEPERS),
}
"""Pages of one initiative for whoever sees it, signed in or not."""

FOR_ALL = {
    "home", "ambitions", "ambition", "building-blocks", "building-block", "initiatives",
    "initiatives-atom", "thread-element", "coverage", "map", "organisations",
    "organisation", "areas", "area", "frameworks", "framework", "updates", "updates-atom", "search", "help",
    "accessibility", "privacy", "cookies", "data-licence", "terms", "status", "robots", "favicon", "security-txt",
    "partnerships", "nominate", "nominated", "import-template-csv", "import-template-xlsx",
    "help-excel", "help-power-bi", "help-api", "help-import", "workshops", "workshops-ics",
    "meetings", "meetings-ics", "meetings-atom",
    # What is in them follows from who asks: tests/frontend/test_deciding.py.
    "decisions", "decisions-atom", "interests",
    "follow", "follow-sent", "follow-link", "endorsements", "endorsements-atom", "recommendation-lists",
    "engagements",
}  # fmt: skip
"""Read by everybody, whatever they are."""

LISTS = {
    "initiatives", "updates", "joint-working", "organisations", "areas", "frameworks", "ambitions", "building-blocks",
    "endorsements", "coverage", "gaps", "workshops", "partnerships", "decisions",
    "meetings",
}  # fmt: skip
FOR_ALL |= {f"{name}-{ending}" for name in LISTS for ending in ("csv", "xlsx", "json")}
"""Public lists as files. What is in them follows from who asks: tests/frontend/test_downloads.py."""

FOR_ROLES: dict[str, set[str]] = {
    "my-home": SIGNED_IN,
    "initiative-new": MANDATED - SCRUTINY,
    "imports": MANDATED - SCRUTINY,
    "workshop-new": MANDATED - SCRUTINY,
    "partnership-new": {"owner:lead", "partner:lead", "other:lead"} | OFFICER,
    "actions": SIGNED_IN,
    "actions-chase": SIGNED_IN,
    "engagement-new": MANDATED - SCRUTINY,
    "actions-csv": SIGNED_IN,
    "actions-xlsx": SIGNED_IN,
    "own-calendar": SIGNED_IN,
    "action-new": MANDATED - SCRUTINY,
    "nominations": OFFICER,
    "nomination": OFFICER,
    "manage-mail": OFFICER | {"operator"},
    "manage-mail-resend": OFFICER | {"operator"},
    "manage-mail-addresses": OFFICER | {"operator"},
    "manage-mail-previews": OFFICER | {"operator"},
    "manage-outbox": {"operator"},
    "manage-outbox-retry": {"operator"},
    "manage-catalogue": OFFICER | {"operator"},
    "endorsement-ask": OFFICER,
    "endorsement-mine": MANDATED - SCRUTINY - {"owner:member", "partner:member"},
    "endorsement-refuse": MANDATED - SCRUTINY - {"owner:member", "partner:member"},
    "endorsement-translations": MANDATED - SCRUTINY - {"owner:member", "partner:member"},
    "endorsement-review": MANDATED - SCRUTINY,
    "manage-audit": OFFICER | {"operator"},
    "organisation-acts": DECIDERS | {"owner:scrutiny"},
    "organisation-acts-csv": DECIDERS | {"owner:scrutiny"},
    "manage-reminders": OFFICER,
    "manage-care": OFFICER,
    "manage-days-new": OFFICER,
    "manage-days-remove": OFFICER,
    "successions": SIGNED_IN,
    "succession-new": OFFICER,
    "acting": SIGNED_IN,
    "account": SIGNED_IN,
    "account_details": SIGNED_IN,
    "account-tokens": SIGNED_IN,
    "messages": SIGNED_IN,
    "account-notifications": SIGNED_IN,
    "account-digest-preview": SIGNED_IN,
    "account-digest-first": SIGNED_IN,
    "account_email": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "join_requests": SIGNED_IN,
}
"""Pages with one answer for a role, whatever the object: 200 for these, 403 for others, sign-in for the public."""

ELSEWHERE = {
    # tests/frontend/test_people*.py: whose organisation it is decides, not the state of an initiative.
    "organisation-people", "end_mandate", "revoke_invitation", "organisation-join", "join_request", "leave",
    "invitation",
    # tests/frontend/test_tokens.py: one's own only.
    "account-token-revoke",
    # tests/frontend/test_following.py: one's own only, who holds the link, and whose organisation it is.
    "account-digest-preview-page", "follow-add", "follow-stop", "follow-confirm", "follow-manage",
    "organisation-address",
    # tests/frontend/test_messages.py: one's own only, and posted only.
    "message", "messages-read", "seen",
    # tests/frontend/test_signing_in*.py: before there is a role, or about oneself only.
    "account_login", "sign_in_code", "sign_in_link", "sign_in_name", "sign_in_with_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_inactive", "account_signup", "account_email_verification_sent",
    "account_logout", "arrive", "kept", "stay", "account_set_password",
    "account_confirm_email", "account_change_password", "account_reauthenticate",
    # tests/frontend/test_importing.py: who brought the file, and who decides for their organisation.
    "import", "import-columns", "import-confirm", "import-cancel", "import-undo", "import-rejected",
    # tests/frontend/test_organising.py: whose workshop it is, and who may know of it.
    "workshop", "workshop-ics", "workshop-new-from", "workshop-plan", "workshop-check", "workshop-section",
    "workshop-open", "workshop-lock", "workshop-unlock", "workshop-close", "workshop-reopen", "workshop-archive",
    "workshop-cancel", "workshop-rehearse", "workshop-copy", "workshop-renew-link", "workshop-hold",
    "workshop-release", "workshop-next", "workshop-import", "workshop-admit", "workshop-remove", "workshop-role",
    "workshop-history", "workshop-erase", "workshop-team", "workshop-invitations", "workshop-invitation",
    "workshop-invitation-send",
    "workshop-poster", "workshop-paper",
    # tests/frontend/test_succeeding.py: whom a plan concerns, and whether it is announced.
    "succession", "succession-change", "succession-cancel", "succession-items", "succession-successor-new",
    "succession-successor-remove", "succession-predecessor-new", "succession-predecessor-remove",
    # tests/frontend/test_minuting.py: who runs the meetings of a board, who is of it, and what is published.
    "meeting-run", "meeting-begin", "meeting-close", "meeting-attendance", "meeting-minutes", "minutes-item",
    "minutes-summary", "minutes-circulate", "minutes-comment", "minutes-settle", "minutes-approve", "minutes-publish",
    # tests/frontend/test_partnering.py: who keeps the board, whose seat it is, and who may see it.
    "partnership", "partnership-edit", "partnership-terms", "partnership-activate", "partnership-renew",
    "partnership-close", "partnership-chair", "partnership-chair-end", "partnership-seat-new", "partnership-seat-fill",
    "partnership-seat-leave", "partnership-seat-ask", "partnership-seat-change", "partnership-seat-end",
    # tests/frontend/test_packs.py: who may see the board, and what of it.
    "partnership-pack", "partnership-pack-month", "partnership-pack-choose",
    # tests/frontend/test_convening.py: who sees the meeting, who runs its board, who was asked or holds the link.
    "meeting", "meeting-ics", "partnership-ics", "meeting-rsvp", "meeting-answer", "meeting-new", "meeting-plan",
    "meeting-edit", "meeting-call", "meeting-publish", "meeting-cancel", "meeting-invitations", "meeting-order",
    "meeting-suggestions", "meeting-item-new", "meeting-item", "meeting-item-remove", "meeting-paper-new",
    "meeting-paper", "meeting-paper-edit", "meeting-paper-remove", "meeting-named", "meeting-item-named",
    # tests/frontend/test_own_calendar.py: who holds its address.
    "own-calendar-ics",
    # tests/frontend/test_acting.py: who was asked, who keeps it, and who may see it.
    "action", "action-reply", "action-claim", "action-done", "action-update", "action-ask", "action-change",
    # tests/frontend/test_deciding.py: who sits on the board, who keeps it, and who declared an interest.
    "decision", "decision-new", "decision-edit", "decision-open", "decision-voice", "decision-voices",
    "decision-make", "decision-not-agreed", "decision-take-back", "decision-defer", "decision-withdraw",
    "decision-supersede", "decision-review", "decision-changes", "decision-declare", "decision-declare-another",
    "item-declare", "item-declare-another", "interest-take-back",
    "action-drop", "action-reopen", "action-answer", "action-block", "action-unblock",
    # tests/frontend/test_recommending.py: who follows recommendations up, who answers for them, who held it.
    "recommendation", "recommendation-assign", "recommendation-answer", "recommendation-report", "recommendations",
    "recommendations-csv", "engagement", "engagement-edit", "engagement-promise", "partnership-actions",
    # tests/frontend/test_reporting.py: who took part, and who may read the report.
    "workshop-report", "workshop-outcome", "workshop-export-csv", "workshop-export-xlsx", "workshop-export-md",
    "workshop-export-json", "workshop-picture",
    # tests/frontend/test_joining_in.py and test_plain_board.py: who is in the workshop, or holds its link.
    "join-by-code", "join", "join-by-link", "join-back", "workshop-invited", "workshop-me", "workshop-feedback",
    "board-simple", "board-item", "board-action", "board-column", "board-facilitate", "board-bin", "board-screen",
    "board-screen-link", "board-suggestions",
    # tests/frontend/test_boarding.py: who is in the workshop.
    "board",
    # tests/collaboration/boards/test_wire_fallbacks.py and test_wire_security.py: who is in the workshop.
    "board-ops", "board-poll", "board-events", "board-effects",
    # tests/frontend/test_mailbox_and_manage.py: there only in demo mode.
    "demo_mail", "demo-letter", "demo-letter-html",
    # tests/frontend/test_by_mail.py: who holds the link, signed in or not.
    "mail-act", "mail-stop", "mail-change",
    # tests/frontend/test_mail_care.py: officers and operators; one's own address only; the holder of a token.
    "manage-mail-try-again", "manage-mail-preview", "manage-mail-preview-html", "account-mail-again",
    "mail-reports-notify",
}  # fmt: skip
"""Routes whose answer depends on something else; each is asked of in the file named above it."""


@dataclass
class Scene:
    world: World
    initiatives: dict[str, Initiative]
    rows: dict[str, dict[str, int]]
    nomination: Nomination


@pytest.fixture
def scene() -> Scene:
    forget_cache()
    world = worlds.build()
    owner = {"owner": world.bodies["owner"], "lead": world.bodies["owner"]}
    initiatives = {
        "draft": worlds.made(world, visibility="draft", **owner),
        "partners": worlds.made(world, visibility="partners", **owner),
        "public": worlds.made(world, visibility="public", **owner),
        "withdrawn": worlds.made(world, visibility="public", withdrawn_at=now(), **owner),
    }
    acted = {"person": world["other:lead"].who, "organisation": world.bodies["other"]}
    rows = {}
    for state, it in initiatives.items():
        rows[state] = {
            "ask-offer-close": AskOrOffer.objects.create(initiative=it, kind="ask", body="Vans", **acted).pk,
            "challenge-respond": Challenge.objects.create(initiative=it, body="Why?", **acted).pk,
            "join-answer": JoinAsk.objects.create(initiative=it, **acted).pk,
            "problem-close": ProblemReport.objects.create(initiative=it, body="Wrong").pk,
            "partner-answer": it.partners.get(organisation=world.bodies["partner"]).pk,
        }
        # The waiting request above would be the answer to asking again.
        if state in PUBLISHED:
            JoinAsk.objects.filter(initiative=it).update(organisation=world.bodies["group"])
    return Scene(world, initiatives, rows, Nomination.objects.create(title="Café", what="Mending"))


def client_of(scene: Scene, role: str) -> Client:
    client = Client()
    if role != "public":
        client.force_login(scene.world[role].who)
    return client


def routes(resolver: Any = None) -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)


def test_every_route_is_written_down() -> None:
    known = INITIATIVE.keys() | INITIATIVE_FOR_ALL.keys() | FOR_ALL | FOR_ROLES.keys() | ELSEWHERE
    # Who may do what through the API is written down in tests/api/test_permission_matrix.py.
    found = {name for name in routes() if not name.startswith(("mfa_", "api-")) and name != "api"}
    assert found - known == set(), "say in this file who may use these routes"
    assert known - found == set(), "these routes no longer exist"


def address(scene: Scene, route: str, state: str) -> str:
    reference = scene.initiatives[state].reference
    if route in scene.rows[state]:
        return reverse(route, args=[reference, scene.rows[state][route]])
    return reverse(route, args=[reference, "about"] if route == "initiative-section" else [reference])


def expected(route: str, state: str, role: str) -> int:
    may = INITIATIVE.get(route) or INITIATIVE_FOR_ALL[route]
    if role == "public" and route in INITIATIVE:
        return 302
    if role not in SEES[state]:
        return 410 if state == "withdrawn" and route == "initiative" else 404
    return 200 if role in may[state] else 403


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_the_pages_of_an_initiative(scene: Scene, role: str) -> None:
    client, wrong = client_of(scene, role), []
    for route in sorted(INITIATIVE.keys() | INITIATIVE_FOR_ALL.keys()):
        for state in STATES:
            status = client.get(address(scene, route, state)).status_code
            if status != expected(route, state, role):
                wrong.append(f"{route}, {state}: {status}, not {expected(route, state, role)}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_a_post_gets_no_further_than_a_get(scene: Scene, role: str) -> None:
    """Whoever may not open a page cannot send its form either, and nothing changes."""
    client, wrong = client_of(scene, role), []
    before = list(Initiative.objects.order_by("pk").values())
    for route in sorted(INITIATIVE.keys() | {"initiative-problem"}):
        for state in STATES:
            wanted = expected(route, state, role)
            if wanted == 200:
                continue
            form = {"reason": "x", "body": "x", "answer": "yes", "into": "VAL-1", "response": "x", "publish": "1"}
            status = client.post(address(scene, route, state), form).status_code
            # `done` has no form at all.
            if status != wanted and not (route in ("initiative-done", "initiative-edit") and status == 405):
                wrong.append(f"{route}, {state}: {status}, not {wanted}")
    assert wrong == []
    assert list(Initiative.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_pages_with_one_answer_for_a_role(scene: Scene, role: str) -> None:
    client, wrong = client_of(scene, role), []
    arguments: dict[str, list[Any]] = {
        "nomination": [scene.nomination.pk],
        "manage-mail-resend": [uuid7()],
        "manage-outbox-retry": [uuid7()],
        "manage-care": [scene.world.bodies["owner"].slug],
        "organisation-acts": [scene.world.bodies["owner"].slug],
        **{route: ["plan"] for route in FOR_ROLES if route.startswith("endorsement-")},
        "organisation-acts-csv": [scene.world.bodies["owner"].slug],
        "manage-days-remove": [0],
    }
    for route, roles in sorted(FOR_ROLES.items()):
        response = client.get(reverse(route, args=arguments.get(route, [])))
        if role == "public":
            fine = response.status_code == 302 and response["Location"].startswith("/sign-in/")
        elif role in roles:
            # Pages that are only a form's target do not answer a GET; rows that do not exist are not found.
            there = route in THERE or not arguments.get(route)
            fine = response.status_code in ((200,) if there else (404, 405))
        else:
            fine = response.status_code in ((403, 405) if arguments.get(route) else (403,))
        if not fine:
            wrong.append(f"{route}: {response.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_what_everybody_reads(scene: Scene, role: str) -> None:
    client, wrong = client_of(scene, role), []
    ground = scene.world.ground
    arguments = {
        "ambition": [ground.elements["V-A1"].slug],
        "building-block": [ground.elements["B-1"].slug],
        "framework": ["plan"],
        "endorsements": ["plan"],
        "endorsements-atom": ["plan"],
        "organisation": [scene.world.bodies["owner"].slug],
        "area": [next(iter(ground.areas.values())).slug],
        "thread-element": ["V-A1"],
    }
    for route in sorted(FOR_ALL):
        status = client.get(reverse(route, args=arguments.get(route, []))).status_code
        if status not in ((200, 301, 302) if route == "favicon" else (200,)):
            wrong.append(f"{route}: {status}")
    assert wrong == []


THERE = {
    "nomination", "manage-care", "organisation-acts", "organisation-acts-csv", "endorsement-ask", "endorsement-mine",
}  # fmt: skip
"""Of the routes with something in their address, those where it exists."""


def test_a_refusal_says_why(scene: Scene) -> None:
    page = client_of(scene, "other:lead").get(address(scene, "initiative-edit", "public"))
    assert page.status_code == 403
    assert "Only people of the organisation that owns or leads this initiative can change it." in page.content.decode()
