"""Bringing a spreadsheet in, in a real browser: a bad line, the fixed file, match, look, confirm, see them, undo.

Once with scripts and once without, with axe on every page along the way, on a desk and on a phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from collaboration.initiatives.models import Initiative
from groundwork.accounts.models import Person
from groundwork.directory.models import Mandate
from groundwork.directory.queries import find_organisation
from notifications.models import OutgoingMessage
from tests.e2e.browsers import Faults, assert_accessible, assert_fits, assert_targets

SignIn = Callable[[Page, Any], None]

BAD = """Project;What it does;Status;Lead organisation;Other partners;District;Colour
Chair yoga in libraries;Residents meet twice a week.;active;Rochford District Council;NHS (funder);Rochford;blue
Repair café in Rayleigh;Volunteers mend what is broken.;sleeping;Rochford Distrikt Council;;Rochford;green
Walking bus in Hockley;Children walk together.;idea;Rochford District Council;"NHS; Essex County Council";Rochford;red
"""
FIXED = BAD.replace("sleeping", "paused").replace("Distrikt", "District")


@pytest.fixture
def lead(transactional_db: None) -> Person:
    call_command("load_place", "essex", verbosity=0)
    for organisation, name in (("Rochford District Council", "Dana Reed"), ("NHS", "Nadia Bell")):
        found = find_organisation(organisation)
        assert found, organisation
        person = Person.objects.create_user(f"{name.split()[0].lower()}@example.org", name=name)
        Mandate.objects.create(person=person, organisation=found, role="lead", valid_from=date(2026, 1, 1))
    return Person.objects.get(email="dana@example.org")


def look(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


def press(page: Page, name: str, *, role: Any = "button") -> None:
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).click()
    look(page)


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def upload(page: Page, folder: Path, name: str, content: str) -> None:
    """As a spreadsheet program on Windows writes it: semicolons, and no UTF-8."""
    path = folder / name
    path.write_bytes(content.encode("cp1252"))
    page.get_by_label("Your spreadsheet").set_input_files(path)
    press(page, "Upload and continue")
    heading(page, "Match the columns")


@pytest.mark.parametrize(
    ("scripts", "width"), [(True, 1280), (False, 1280), (True, 360)], ids=["with scripts", "without scripts", "phone"]
)
def test_upload_fix_match_confirm_and_undo(
    open_browser: Callable[..., Page],
    lead: Person,
    sign_in: SignIn,
    drain: Callable[[], int],
    faults: Faults,
    tmp_path: Path,
    scripts: bool,
    width: int,
) -> None:
    phone = {"is_mobile": True, "has_touch": True} if width < 600 else {}
    page = open_browser(scripts=scripts, width=width, height=800, **phone)
    sign_in(page, lead)
    before = Initiative.objects.count()
    page.goto("/home/")
    page.get_by_role("link", name="Import a spreadsheet").click()
    heading(page, "Import a spreadsheet")
    look(page)
    if phone:
        assert_targets(page)

    # Nothing chosen: a sentence, and the way to the field.
    press(page, "Upload and continue")
    faults.allow("status of 422")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("Choose the file that you want to import.")

    upload(page, tmp_path, "ours.csv", BAD)
    expect(page.get_by_label("What “Project” means")).to_have_value("title")
    expect(page.get_by_label("What “Lead organisation” means")).to_have_value("lead")
    expect(page.get_by_label("What “District” means")).to_have_value("areas")
    expect(page.get_by_label("What “Colour” means")).to_have_value("")
    page.get_by_label("What “What it does” means").select_option("summary")
    page.get_by_label("What “Other partners” means").select_option("partners")
    page.get_by_label("What “Status” means").select_option("stage")
    press(page, "Check the lines")

    heading(page, "Look at what would happen")
    line = page.get_by_role("row").filter(has_text="Repair café in Rayleigh")
    expect(line).to_contain_text("sleeping")
    expect(line).to_contain_text("Did you mean “Rochford District Council”?")
    expect(page.get_by_role("main")).to_contain_text("“Colour”")
    if phone:
        assert_targets(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("download only the rejected line")).click()
    assert "Repair café" in download.value.path().read_text("utf-8-sig")
    press(page, "Rejected (1)", role="link")
    expect(page.get_by_role("main")).not_to_contain_text("Chair yoga")

    # Choose to put it right first, then do so.
    press(page, "Continue")
    page.get_by_label("Import nothing yet: I will put the file right first").check()
    page.get_by_label("Everyone: publish now").check()
    press(page, "Import")
    expect(page.get_by_text("Nothing was imported.")).to_be_visible()
    assert Initiative.objects.count() == before
    page.get_by_role("link", name="Upload another file").click()
    look(page)
    expect(page.get_by_role("main")).to_contain_text("To decide")

    upload(page, tmp_path, "ours.csv", FIXED)
    page.get_by_label("What “What it does” means").select_option("summary")
    page.get_by_label("What “Other partners” means").select_option("partners")
    page.get_by_label("What “Status” means").select_option("stage")
    press(page, "Check the lines")
    expect(page.get_by_role("main")).to_contain_text("Of 3 lines, 3 are new.")
    press(page, "Continue")
    expect(page.get_by_role("main")).to_contain_text("The new ones name 2 other organisations.")
    press(page, "Import")
    faults.allow("status of 422")
    expect(page.get_by_role("alert")).to_contain_text("Choose who may see what is new.")
    page.get_by_label("Everyone: publish now").check()
    press(page, "Import")
    heading(page, "Imported")
    expect(page.get_by_role("main")).to_contain_text("3 new, 0 changed")
    assert Initiative.objects.count() == before + 3
    done = page.url

    # Everybody sees them, and the partner named in two of them got one mail.
    anybody = open_browser(scripts=scripts)
    anybody.goto("/initiatives/?words=chair+yoga")
    expect(anybody.get_by_role("main")).to_contain_text("Chair yoga in libraries")
    drain()
    mail = OutgoingMessage.objects.get(recipient="nadia@example.org")
    assert "named in 2 initiatives" in mail.subject

    page.goto(done)
    press(page, "Undo this import")
    heading(page, "Undo this import?")
    press(page, "Undo the import")
    heading(page, "This import was undone")
    expect(page.get_by_role("main")).to_contain_text("Everything it had done was taken back.")
    anybody.goto("/initiatives/?words=chair+yoga")
    expect(anybody.get_by_role("main")).not_to_contain_text("Chair yoga in libraries")
