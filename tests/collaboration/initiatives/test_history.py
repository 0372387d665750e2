"""History of every field, by whom, for whom; and never more than the reader could see at the time."""

from __future__ import annotations

from collaboration.initiatives import queries
from collaboration.initiatives.models import Initiative
from collaboration.initiatives.services import keeping, registering
from tests.collaboration.initiatives.world import World, draft, published


def edit(world: World, it: Initiative, summary: str) -> Initiative:
    return registering.save_about(
        actor=world["owner:member"],
        initiative=it,
        version=it.version,
        title=it.title,
        summary=summary,
        stage="active",
    )


def test_the_public_sees_organisations_and_partners_see_people(world: World) -> None:
    it = edit(world, published(world), "Newer words.")
    for name, person in (("public", ""), ("operator", ""), ("other:member", "Owner Member")):
        entry = queries.history(world[name], it)[0]
        assert (entry.label, entry.organisation, entry.person) == ("Changed", "Northwick Council", person)
        [change] = entry.changes
        assert (change.label, change.before, change.after) == (
            "Summary",
            "Insulation for cold homes.",
            "Newer words.",
        )


def test_what_happened_in_the_draft_is_told_to_those_who_saw_it(world: World) -> None:
    it = edit(world, draft(world), "A secret word.")
    it = edit(world, it, "Insulation.")
    it = registering.publish(actor=world["owner:lead"], initiative=it)
    for name in ("public", "other:lead", "partner:lead"):
        entries = queries.history(world[name], it)
        assert [e.action for e in entries] == ["initiative.publish"]
        assert "secret" not in str(entries)
    owners = queries.history(world["owner:scrutiny"], it)
    assert "secret" in str(owners)
    assert owners[-1].action == "initiative.draft"


def test_what_happened_among_partners_is_not_told_to_the_public(world: World) -> None:
    it = draft(world)
    contact = {"contact_role": "Housing team", "contact_email": "homes@example.org"}
    it = registering.save_contact(
        actor=world["owner:lead"], initiative=it, version=it.version, intended_visibility="partners", **contact
    )
    it = registering.publish(actor=world["owner:lead"], initiative=it)
    it = edit(world, it, "Among us.")
    it = edit(world, it, "For everyone.")
    it = registering.save_contact(
        actor=world["owner:lead"], initiative=it, version=it.version, intended_visibility="public", **contact
    )
    keeping.verify(actor=world["lead:lead"], initiative=it)
    it = Initiative.objects.get(pk=it.pk)
    assert [e.action for e in queries.history(world["public"], it)] == ["initiative.verify", "initiative.edit"]
    assert "Among us" not in str(queries.history(world["public"], it))
    assert "Among us" in str(queries.history(world["other:member"], it))


def test_an_address_is_not_told_to_others(world: World) -> None:
    it = published(world)
    it = registering.save_contact(
        actor=world["owner:lead"], initiative=it, version=it.version, contact_role="Team", contact_email="b@example.org"
    )
    [entry] = [e for e in queries.history(world["other:lead"], it) if e.action == "initiative.edit"]
    assert {(c.field, c.told) for c in entry.changes} == {("contact_role", True), ("contact_email", False)}
    assert "example.org" not in str(entry)
    assert "homes@example.org" in str(queries.history(world["owner:lead"], it)[0])


def test_visibility_is_told_in_words(world: World) -> None:
    it = published(world)
    [entry] = [e for e in queries.history(world["public"], it) if e.action == "initiative.publish"]
    assert [(c.label, c.before, c.after) for c in entry.changes] == [("Who can see it", "Draft", "Everyone")]


def test_every_act_and_field_has_a_name(world: World) -> None:
    it = published(world)
    keeping.add_update(actor=world["owner:lead"], initiative=it, body="News", health="on_track")
    keeping.challenge(actor=world["other:scrutiny"], initiative=it, body="Why?")
    for entry in queries.history(world["owner:lead"], it):
        assert entry.label != entry.action
        assert all(change.label != change.field for change in entry.changes)
