"""Bringing a spreadsheet in through the pages: every mistake told, nothing lost, nothing done twice."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from collaboration.imports import services
from collaboration.imports.models import Import, ImportedLine
from collaboration.initiatives.columns import TEMPLATE
from collaboration.initiatives.models import Initiative
from groundwork.clock import now
from groundwork.ids import uuid7
from notifications.models import OutgoingMessage
from tests.collaboration.initiatives import world as worlds
from tests.collaboration.initiatives.world import World

pytestmark = pytest.mark.django_db

HEADINGS = "Name,Summary,Stage,Lead organisation,Partners,District\r\n"
GOOD = "Falls classes,Twice a week.,active,Northwick Council,Vale NHS (funder),Northwick\r\n"
BAD = "Repair café,Volunteers mend toasters.,sleeping,Northwik Council,,Northwick\r\n"
OTHER = "Walking bus,Children walk together.,idea,Northwick Council,Vale NHS; Southwick Council,Southwick\r\n"


@pytest.fixture
def world() -> World:
    return worlds.build()


def signed_in(world: World, name: str = "owner:lead") -> Client:
    client = Client()
    client.force_login(world[name].who)
    return client


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def whole(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def file(*lines: str, name: str = "our list.csv", encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "".join((HEADINGS, *lines)).encode(encoding), content_type="text/csv")


def upload(client: Client, sent: SimpleUploadedFile) -> Import:
    response = client.post("/import/", {"file": sent})
    assert response.status_code == 302, text(response)[:3000]
    return Import.objects.get(pk=UUID(response["Location"].split("/")[2]))


def match(client: Client, imported: Import) -> Any:
    """Press the button below what was guessed."""
    page = client.get(f"/import/{imported.pk}/columns/")
    assert page.status_code == 200
    chosen = {f"column_{n}": imported.mapping.get(str(n), "") for n in range(len(imported.headers))}
    return client.post(f"/import/{imported.pk}/columns/", chosen)


def checked(client: Client, *lines: str) -> Import:
    imported = upload(client, file(*lines))
    assert match(client, imported)["Location"] == f"/import/{imported.pk}/"
    imported.refresh_from_db()
    return imported


def imported_by(client: Client, *lines: str, **chosen: str) -> Import:
    found = checked(client, *lines)
    response = client.post(f"/import/{found.pk}/confirm/", {"publish": "drafts", **chosen})
    assert response.status_code == 302, text(response)[:3000]
    found.refresh_from_db()
    return found


# Templates


def test_the_template_is_for_everybody_and_holds_the_headings_alone(world: World) -> None:
    answer = Client().get("/import/template.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="golden-thread-template.csv"'
    assert list(csv.reader(io.StringIO(whole(answer).decode("utf-8-sig")))) == [list(TEMPLATE)]
    answer = Client().get("/import/template.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(whole(answer))).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [list(TEMPLATE)]


# Who may


@pytest.mark.parametrize(("role", "status"), [("owner:member", 200), ("owner:lead", 200), ("owner:scrutiny", 403)])
def test_who_may_start(world: World, role: str, status: int) -> None:
    client = signed_in(world, role)
    assert client.get("/import/").status_code == status
    assert client.post("/import/", {"file": file(GOOD)}).status_code == (302 if status == 200 else 403)
    assert Import.objects.count() == (1 if status == 200 else 0)


def test_who_is_not_signed_in_is_asked_to_and_brought_back(world: World) -> None:
    found = checked(signed_in(world), GOOD)
    for path in ("/import/", f"/import/{found.pk}/", f"/import/{found.pk}/rejected.csv"):
        assert Client().get(path)["Location"] == f"/sign-in/?next={path}"


@pytest.mark.parametrize("role", ["other:lead", "owner:scrutiny", "partner:lead", "nobody", "operator"])
def test_others_do_not_know_of_it(world: World, role: str) -> None:
    """Neither its pages nor what they do."""
    found = checked(signed_in(world), GOOD, BAD)
    client = signed_in(world, role)
    for part in ("", "columns/", "confirm/", "undo/", "rejected.csv"):
        assert client.get(f"/import/{found.pk}/{part}").status_code == 404, part
    for part in ("columns/", "confirm/", "undo/", "cancel/"):
        assert client.post(f"/import/{found.pk}/{part}", {"publish": "drafts"}).status_code == 404, part
    found.refresh_from_db()
    assert found.status == "checked"
    assert client.get(f"/import/{uuid7()}/").status_code == 404


def test_a_member_sees_their_own_and_a_lead_all_of_the_organisation(world: World) -> None:
    upload(signed_in(world, "owner:member"), file(GOOD, name="members.csv"))
    upload(signed_in(world, "owner:approver"), file(GOOD, name="approvers.csv"))
    member, lead = (text(signed_in(world, role).get("/import/")) for role in ("owner:member", "owner:lead"))
    assert "members.csv" in member
    assert "approvers.csv" not in member
    assert "members.csv" in lead
    assert "approvers.csv" in lead


# Uploading


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose the file that you want to import."),
        ({"file": "a text"}, "Choose the file that you want to import."),
        ({"file": SimpleUploadedFile("x.csv", b"")}, "This file is empty."),
        ({"file": SimpleUploadedFile("x.csv", HEADINGS.encode())}, "nothing below them"),
        ({"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 nothing")}, "PDF"),
        ({"file": SimpleUploadedFile("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)}, "xlsx"),
        ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04 half a file")}, "damaged"),
        ({"file": SimpleUploadedFile("x.csv", b"a,b\r\n" + b"x" * 10_500_000)}, "larger than 10 MB"),
    ],
    ids=["nothing", "no file", "empty", "headings only", "pdf", "old Excel", "damaged", "too large"],
)
def test_what_cannot_be_read_says_why_beside_the_field(world: World, sent: dict[str, Any], sentence: str) -> None:
    page = signed_in(world).post("/import/", sent)
    assert page.status_code == 422
    assert sentence.lower() in text(page).lower()
    assert '<a href="#id_file">' in text(page), "the summary leads to the field"
    assert "<title>Error:" in text(page)
    assert not Import.objects.exists()


def test_a_name_of_any_kind_is_shown_and_not_run(world: World) -> None:
    client = signed_in(world)
    for name in ("<script>alert(1)<.csv", "é" * 300 + ".csv", "..%2F..%2Fetc%2Fpasswd.csv", "a\u202eb.csv"):
        found = upload(client, file(GOOD, name=name))
        page = client.get(f"/import/{found.pk}/columns/")
        assert page.status_code == 200
        assert b"<script>alert" not in page.content


def test_sent_twice_it_is_there_twice_and_nothing_is_imported(world: World) -> None:
    client = signed_in(world)
    upload(client, file(GOOD))
    upload(client, file(GOOD))
    assert Import.objects.count() == 2
    assert not Initiative.objects.exists()


# Matching columns


def test_headings_are_matched_already_and_shown_with_their_first_values(world: World) -> None:
    client = signed_in(world)
    found = upload(client, file(GOOD, OTHER))
    page = text(client.get(f"/import/{found.pk}/columns/"))
    for heading, column in (("Name", "title"), ("Lead organisation", "lead"), ("District", "areas")):
        assert heading in page
        assert f'<option value="{column}" selected>' in page
    assert "Falls classes" in page
    assert "Walking bus" in page


def test_two_headings_cannot_mean_the_same(world: World) -> None:
    client = signed_in(world)
    found = upload(client, file(GOOD))
    page = client.post(f"/import/{found.pk}/columns/", {"column_0": "title", "column_1": "title"})
    assert page.status_code == 422
    assert "“Name” and “Summary” cannot both be the column “Title”." in text(page)
    assert '<a href="#id_column_1">' in text(page)
    assert text(page).count('<option value="title" selected>') == 2, "what was chosen is still chosen"
    found.refresh_from_db()
    assert found.status == "uploaded"


def test_without_a_title_nothing_can_be_checked(world: World) -> None:
    client = signed_in(world)
    found = upload(client, file(GOOD))
    page = client.post(f"/import/{found.pk}/columns/", {"column_1": "summary"})
    assert page.status_code == 422
    assert "Say which column holds the title." in text(page)


def test_a_column_that_does_not_exist_is_refused(world: World) -> None:
    client = signed_in(world)
    found = upload(client, file(GOOD))
    page = client.post(f"/import/{found.pk}/columns/", {"column_0": "title", "column_1": "owner_id"})
    assert page.status_code == 422
    assert "Choose what this column means from the list." in text(page)


def workbook(**sheets: list[list[Any]]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("book.xlsx", content.getvalue())


def test_another_sheet_of_a_workbook_can_be_chosen(world: World) -> None:
    client = signed_in(world)
    sent = workbook(
        Contacts=[["Person", "Phone"], ["Ann", "1"]], Projects=[["Name", "Stage"], ["Falls classes", "active"]]
    )
    found = upload(client, sent)
    page = text(client.get(f"/import/{found.pk}/columns/"))
    assert "Which sheet of the workbook?" in page
    answer = client.post(f"/import/{found.pk}/columns/", {"sheet": "Projects", "look": "1"})
    assert answer["Location"] == f"/import/{found.pk}/columns/"
    page = text(client.get(answer["Location"]))
    assert '<option value="Projects" selected>' in page
    assert '<option value="title" selected>' in page
    answer = client.post(
        f"/import/{found.pk}/columns/", {"sheet": "Projects", "column_0": "title", "column_1": "stage", "go": "1"}
    )
    assert "1 is new" in text(client.get(answer["Location"]))


def test_a_sheet_with_nothing_in_it_says_so(world: World) -> None:
    client = signed_in(world)
    found = upload(client, workbook(Projects=[["Name", "Stage"], ["Falls classes", "active"]], Empty=[]))
    page = client.post(f"/import/{found.pk}/columns/", {"sheet": "Empty", "look": "1"})
    assert page.status_code == 422
    assert '<a href="#id_sheet">' in text(page)
    found.refresh_from_db()
    assert found.sheet_name == "Projects"


# The preview


def test_the_preview_tells_each_line_and_changes_nothing(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD, BAD)
    before = list(Import.objects.values()), list(ImportedLine.objects.values())
    page = text(client.get(f"/import/{found.pk}/"))
    assert "Of 2 lines, 1 is new and 1 is rejected." in page
    assert "Nothing has been imported yet." in page
    assert "Falls classes" in page
    for sentence in ("sleeping", "Northwik Council", "Northwick Council"):
        assert sentence in page, "the wrong word, and the nearest that there is"
    assert (list(Import.objects.values()), list(ImportedLine.objects.values())) == before
    assert not Initiative.objects.exists()


def test_a_change_is_told_before_and_after(world: World) -> None:
    client = signed_in(world)
    imported_by(client, GOOD)
    found = checked(client, GOOD.replace("Twice a week.", "Three times a week."))
    page = text(client.get(f"/import/{found.pk}/"))
    assert "Of 1 line, 1 changes a record." in page
    assert "Twice a week." in page
    assert "Three times a week." in page
    assert Initiative.objects.get().reference in page


def test_lines_can_be_filtered_by_what_becomes_of_them(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD, BAD)
    page = text(client.get(f"/import/{found.pk}/?lines=rejected"))
    assert "Repair café" in page
    assert "Falls classes" not in page
    assert "Rejected (1)" in page
    assert "No line is of this kind." in text(client.get(f"/import/{found.pk}/?lines=changed"))
    assert client.get(f"/import/{found.pk}/?lines=%00&page=x").status_code == 200


def test_many_lines_are_told_page_by_page(world: World) -> None:
    client = signed_in(world)
    found = checked(client, *(f"Work {n},,active,,,\r\n" for n in range(120)))
    first, last = text(client.get(f"/import/{found.pk}/")), text(client.get(f"/import/{found.pk}/?page=99"))
    assert "Work 0<" in first
    assert "Work 119<" not in first
    assert "Work 119<" in last
    assert "?page=2" in first


def test_rejected_lines_are_downloaded_with_reasons_and_can_come_back(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD, BAD, "=1+1,Formula.,sleeping,,,\r\n")
    answer = client.get(f"/import/{found.pk}/rejected.csv")
    rows = list(csv.reader(io.StringIO(whole(answer).decode("utf-8-sig"))))
    assert rows[0] == ["Line", "What is wrong", "Name", "Summary", "Stage", "Lead organisation", "Partners", "District"]
    assert rows[1][0] == "3"
    assert "sleeping" in rows[1][1]
    assert rows[1][2:] == ["Repair café", "Volunteers mend toasters.", "sleeping", "Northwik Council", "", "Northwick"]
    assert rows[2][2] == "'=1+1", "no cell is a formula"
    fixed = io.StringIO()
    csv.writer(fixed).writerows(
        [cell.replace("sleeping", "paused").replace("Northwik", "Northwick") for cell in row] for row in rows
    )
    again = upload(client, SimpleUploadedFile("fixed.csv", fixed.getvalue().encode()))
    match(client, again)
    assert "Of 2 lines, 2 are new." in text(client.get(f"/import/{again.pk}/"))


def test_what_is_there_already_needs_no_import(world: World) -> None:
    client = signed_in(world)
    imported_by(client, GOOD)
    found = checked(client, GOOD)
    assert "There is nothing to import." in text(client.get(f"/import/{found.pk}/"))
    assert client.post(f"/import/{found.pk}/confirm/", {})["Location"] == f"/import/{found.pk}/"


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("part", ["", "columns/", "confirm/", "rejected.csv"])
def test_three_lines_cost_what_one_costs(world: World, part: str) -> None:
    client = signed_in(world)
    one = checked(client, GOOD, BAD)
    three = checked(
        client,
        GOOD.replace("Falls", "Dance"),
        BAD,
        OTHER,
        GOOD.replace("Falls", "Yoga"),
        BAD.replace("Repair", "Knitting"),
        BAD.replace("Repair", "Reading"),
    )
    assert _queries(client, f"/import/{one.pk}/{part}") == _queries(client, f"/import/{three.pk}/{part}")


def test_three_imports_cost_what_one_costs(world: World) -> None:
    client = signed_in(world)
    upload(client, file(GOOD))
    one = _queries(client, "/import/")
    upload(signed_in(world, "owner:member"), file(GOOD))
    upload(client, file(GOOD))
    assert _queries(client, "/import/") == one


# Confirming


def test_bad_lines_are_left_out_only_when_somebody_says_so(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD, BAD)
    page = client.post(f"/import/{found.pk}/confirm/", {"publish": "drafts"})
    assert page.status_code == 422
    assert "Choose whether to leave out what was rejected" in text(page)
    assert not Initiative.objects.exists()
    answer = client.post(f"/import/{found.pk}/confirm/", {"publish": "drafts", "bad": "leave_out"})
    page = text(client.get(answer["Location"]))
    assert "1 new, 0 changed" in page
    assert "1 line was left out." in page
    assert [it.title for it in Initiative.objects.all()] == ["Falls classes"]


def test_putting_the_file_right_first_imports_nothing(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD, BAD)
    answer = client.post(f"/import/{found.pk}/confirm/", {"publish": "drafts", "bad": "fix"}, follow=True)
    assert "Nothing was imported." in text(answer)
    found.refresh_from_db()
    assert found.status == "checked"
    assert not Initiative.objects.exists()


def test_confirmed_twice_it_is_imported_once(world: World) -> None:
    client = signed_in(world)
    found = imported_by(client, GOOD, OTHER)
    again = client.post(f"/import/{found.pk}/confirm/", {"publish": "drafts"})
    assert again["Location"] == f"/import/{found.pk}/"
    assert Initiative.objects.count() == 2
    assert {it.visibility for it in Initiative.objects.all()} == {"draft"}


def test_a_member_imports_drafts_and_is_told_who_publishes(world: World) -> None:
    client = signed_in(world, "owner:member")
    found = checked(client, GOOD)
    page = text(client.get(f"/import/{found.pk}/confirm/"))
    assert 'name="publish"' not in page
    assert "kept as drafts" in page
    client.post(f"/import/{found.pk}/confirm/", {"publish": "public"})
    assert Initiative.objects.get().visibility == "draft"


def test_the_effect_of_publishing_is_said_before(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD, OTHER)
    page = text(client.get(f"/import/{found.pk}/confirm/"))
    assert "The new ones name 2 other organisations." in page
    assert client.post(f"/import/{found.pk}/confirm/", {}).status_code == 422
    assert client.post(f"/import/{found.pk}/confirm/", {"publish": "everybody"}).status_code == 422
    assert not Initiative.objects.exists()


def test_each_organisation_named_is_asked_in_one_mail(world: World, drain: Callable[[], int]) -> None:
    client = signed_in(world)
    found = imported_by(client, GOOD, OTHER, publish="public")
    drain()
    assert {it.visibility for it in Initiative.objects.all()} == {"public"}
    mails = OutgoingMessage.objects.filter(kind="partner.asked_together")
    nhs = [mail for mail in mails if mail.person in (world["partner:lead"].who, world["partner:approver"].who)]
    assert len(nhs) == 2, "each who answers for it, once"
    assert "named in 2 initiatives" in nhs[0].subject
    assert "/home/" in nhs[0].text
    assert not OutgoingMessage.objects.filter(kind="partner.asked").exists()
    assert not mails.filter(person__in=[world["owner:lead"].who, world["owner:approver"].who]).exists()
    home = text(signed_in(world, "partner:lead").get("/home/"))
    assert "Are you part of “Falls classes”?" in home
    assert "Are you part of “Walking bus”?" in home
    page = text(client.get(f"/import/{found.pk}/"))
    assert "What is new is published for everyone." in page


# Undoing


def test_an_import_is_undone_after_a_question(world: World) -> None:
    client = signed_in(world)
    found = imported_by(client, GOOD, OTHER)
    asked = text(client.get(f"/import/{found.pk}/undo/"))
    assert "Undo this import?" in asked
    assert "2 records that this import made" in asked
    assert Initiative.objects.filter(withdrawn_at=None).count() == 2, "asking changes nothing"
    for _twice in range(2):
        answer = client.post(f"/import/{found.pk}/undo/")
        assert answer["Location"] == f"/import/{found.pk}/"
    page = text(client.get(f"/import/{found.pk}/"))
    assert "This import was undone" in page
    assert "Everything it had done was taken back." in page
    assert not Initiative.objects.filter(withdrawn_at=None).exists()


def test_what_somebody_worked_on_since_is_left_alone_and_named(world: World) -> None:
    client = signed_in(world)
    found = imported_by(client, GOOD, OTHER)
    it = Initiative.objects.get(title="Walking bus")
    page = client.get(f"/initiatives/{it.reference}/edit/participation/")
    version = re.search(r'name="version" value="(\d+)"', text(page))
    assert version
    client.post(
        f"/initiatives/{it.reference}/edit/participation/", {"version": version[1], "participation": "They chose it."}
    )
    client.post(f"/import/{found.pk}/undo/")
    page = text(client.get(f"/import/{found.pk}/"))
    assert "1 record was left as it is:" in page
    assert "Walking bus" in page
    it.refresh_from_db()
    assert it.withdrawn_at is None


def test_after_thirty_days_it_cannot_be_undone(world: World) -> None:
    with time_machine.travel(now(), tick=True) as clock:
        client = signed_in(world)
        found = imported_by(client, GOOD)
        assert "Undo this import" in text(client.get(f"/import/{found.pk}/"))
        clock.shift(timedelta(days=31))
        client = signed_in(world)
        assert "Undo this import" not in text(client.get(f"/import/{found.pk}/"))
        page = client.post(f"/import/{found.pk}/undo/")
        assert page.status_code == 409
        assert Initiative.objects.filter(withdrawn_at=None).count() == 1


# Other states


def test_put_aside_it_stays_in_the_list_and_imports_nothing(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD)
    assert client.get(f"/import/{found.pk}/cancel/").status_code == 405
    for _twice in range(2):
        assert client.post(f"/import/{found.pk}/cancel/")["Location"] == "/import/"
    assert "Put aside" in text(client.get("/import/"))
    assert "This import was put aside" in text(client.get(f"/import/{found.pk}/"))
    for part in ("columns/", "confirm/", "undo/"):
        assert client.get(f"/import/{found.pk}/{part}")["Location"] == f"/import/{found.pk}/"
    assert not Initiative.objects.exists()


def test_a_large_file_is_gone_through_in_the_background(world: World, drain: Callable[[], int]) -> None:
    client = signed_in(world)
    found = checked(client, *(f"Work {n},,active,,,\r\n" for n in range(services.AT_ONCE + 20)))
    assert found.status == "checking"
    page = text(client.get(f"/import/{found.pk}/"))
    assert "Your lines are being checked" in page
    assert "Look again" in page
    drain()
    assert "520 are new" in text(client.get(f"/import/{found.pk}/"))
    client.post(f"/import/{found.pk}/confirm/", {"publish": "drafts"})
    assert "Your lines are being imported" in text(client.get(f"/import/{found.pk}/"))
    drain()
    assert "520 new, 0 changed" in text(client.get(f"/import/{found.pk}/"))
    client.post(f"/import/{found.pk}/undo/")
    assert "Your import is being undone" in text(client.get(f"/import/{found.pk}/"))
    drain()
    assert "This import was undone" in text(client.get(f"/import/{found.pk}/"))


def test_one_that_failed_says_so(world: World) -> None:
    client = signed_in(world)
    found = checked(client, GOOD)
    Import.objects.filter(pk=found.pk).update(status="failed", failure="The disk was full.")
    page = text(client.get(f"/import/{found.pk}/"))
    assert "This import did not work" in page
    assert "The disk was full." in page


def test_the_home_page_lists_the_first_of_many(world: World) -> None:
    client = signed_in(world)
    imported_by(client, *(f"Work {n},,active,,Vale NHS,\r\n" for n in range(60)), publish="public")
    imported_by(client, *(f"Idea {n},,idea,,,\r\n" for n in range(53)))
    ours, theirs = text(client.get("/home/")), text(signed_in(world, "partner:lead").get("/home/"))
    assert ours.count("Work ") == 2 * 50, "each with its link and the words of the link beside it"
    assert "and 10 more" in ours
    assert ours.count("Idea ") == 50
    assert "and 3 more that changed longer ago." in ours
    assert theirs.count("Are you part of “Work ") == 50
    assert "and 10 more, shown when these are answered" in theirs


# Where it is found


def test_it_is_offered_where_people_register(world: World) -> None:
    client = signed_in(world)
    for path in ("/home/", "/initiatives/", "/initiatives/new/"):
        assert 'href="/import/"' in text(client.get(path)), path
    assert 'href="/import/"' not in text(Client().get("/initiatives/"))
    assert 'href="/import/"' not in text(signed_in(world, "owner:scrutiny").get("/initiatives/"))


def test_the_preview_says_which_columns_a_download_only_tells(world: World) -> None:
    client = signed_in(world)
    sent = SimpleUploadedFile("download.csv", b"title,scale,Colour\r\nFalls classes,town,red\r\n")
    found = upload(client, sent)
    match(client, found)
    page = text(client.get(f"/import/{found.pk}/"))
    assert "Column that is left out: “Colour”." in page
    assert "Column that a download only tells, and that is never imported: “scale”." in page


def test_the_list_says_where_there_is_nothing_to_decide(world: World) -> None:
    client = signed_in(world)
    checked(client, GOOD)
    assert "To decide" in text(client.get("/import/"))
    Import.objects.all().delete()
    imported_by(client, GOOD)
    checked(client, GOOD)
    checked(client, BAD)
    page = text(client.get("/import/"))
    assert page.count("Nothing to import") == 2
    assert "To decide" not in page
