"""Filters, lists, words, downloads: what is found, by whom, in what order, at what cost."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from collaboration.initiatives import columns, finding, indexing
from collaboration.initiatives.finding import Filters, find
from collaboration.initiatives.models import Facet, IndexedCard, Initiative, Partner, SearchText
from groundwork.clock import now
from groundwork.directory.models import Organisation
from tests.collaboration.ground import PUBLIC, Ground, initiative, lay, person_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    finding.choices(fresh=True)
    made = lay()
    finding.choices(fresh=True)
    return made


def titles(page: finding.Page) -> list[str]:
    return [card.title for card in page.results]


def view(query: str) -> Filters:
    filters, problems = Filters.from_query(QueryDict(query))
    assert problems == []
    return filters


def found(query: str, actor=PUBLIC) -> list[str]:
    return titles(find(actor, view(query)))


class TestFacets:
    def test_every_kind_finds_what_has_it_and_nothing_else(self, ground: Ground) -> None:
        initiative(
            ground,
            "Home from hospital",
            codes=("V-A1.1", "B-2", "P-1.1"),
            areas=("C1",),
            lead="vale-nhs",
            partners=("northwick-council",),
            stage="active",
            starts_on=date(2024, 5, 1),
            ends_on=date(2025, 2, 1),
            is_exemplar=True,
        )
        initiative(ground, "Broadband for all", codes=("V-A3.1", "B-1"), areas=("C2",), lead="vale-county")
        for query in (
            "ambition=V-A1",
            "strand=V-A1.1",
            "block=B-2",
            "element=P-1.1",
            "element=P-1",  # a commitment counts for the priority above it
            "area=C1",
            "organisation=vale-nhs",
            "organisation=northwick-council",
            "sector=health",
            "stage=active",
            "year=2024",
            "year=2025",
            "exemplar=yes",
            "words=hospital",
            "ambition=V-A1&block=B-2&area=C1&sector=health&year=2024&words=hospital",
        ):
            assert found(query) == ["Home from hospital"], query
        assert found("area=C0&sort=title") == ["Broadband for all", "Home from hospital"]
        assert found("ambition=V-A1&block=B-1") == []
        assert found("year=2026") == []
        assert found("sector=local-government&sort=title") == ["Broadband for all", "Home from hospital"]

    def test_what_is_not_stated_is_in_no_facet(self, ground: Ground) -> None:
        made = initiative(ground, "Hardly anything stated")
        assert list(Facet.objects.filter(initiative=made).values_list("kind", "value")) == [("all", "")]

    @pytest.mark.parametrize(
        ("fields", "years"),
        [
            ({"starts_on": date(2024, 3, 1)}, [2024, 2025, 2026]),
            ({"starts_on": date(2024, 3, 1), "stage": "completed"}, [2024]),
            ({"ends_on": date(2023, 3, 1)}, [2023]),
            ({"starts_on": date(2028, 3, 1)}, [2028]),
            ({"starts_on": date(1000, 1, 1), "ends_on": date(9999, 1, 1)}, list(range(1000, 1061))),
            ({}, []),
        ],
    )
    def test_years(self, ground: Ground, clock, fields, years) -> None:
        made = initiative(ground, "Runs", **fields)
        kept = Facet.objects.filter(initiative=made, kind="year").values_list("value", flat=True)
        assert sorted(map(int, kept)) == years

    def test_declined_and_ended_partners_are_not_found(self, ground: Ground) -> None:
        made = initiative(ground, "Shared work", lead="vale-county", partners=("vale-nhs", "northwick-council"))
        Partner.objects.filter(organisation__slug="vale-nhs").update(confirmation="declined")
        Partner.objects.filter(organisation__slug="northwick-council").update(valid_to=date(2020, 1, 1))
        indexing.reindex([made.pk])
        assert found("organisation=vale-nhs") == []
        assert found("organisation=northwick-council") == []
        assert found("organisation=vale-county") == ["Shared work"]
        assert found("words=NHS") == []
        assert find(PUBLIC, Filters()).results[0].partners == 0

    def test_indexing_again_writes_the_same_and_follows_every_change(self, ground: Ground) -> None:
        made = initiative(ground, "Earlier", codes=("V-A1.1",), areas=("C1",))
        rows = set(Facet.objects.values_list("pk", "kind", "value"))
        stamp = made.indexed_card.stamp
        indexing.reindex([made.pk])
        assert set(Facet.objects.values_list("pk", "kind", "value")) == rows
        assert IndexedCard.objects.get().stamp == stamp
        Initiative.objects.filter(pk=made.pk).update(title="Later", changed_at=now() + timedelta(days=1))
        made.areas.set([ground.areas["C2"]])
        indexing.reindex([made.pk])
        assert found("area=C1") == []
        assert found("area=C2&words=later") == ["Later"]
        assert found("words=earlier") == []
        assert IndexedCard.objects.get().stamp != stamp

    @pytest.mark.parametrize("state", ["draft", "withdrawn", "merged"])
    def test_what_is_no_longer_published_is_forgotten(self, ground: Ground, state: str) -> None:
        made = initiative(ground, "Here today", codes=("V-A1.1",))
        other = initiative(ground, "The survivor", indexed=False)
        change = {
            "draft": {"visibility": "draft"},
            "withdrawn": {"withdrawn_at": now()},
            "merged": {"merged_into": other},
        }
        Initiative.objects.filter(pk=made.pk).update(**change[state])
        indexing.reindex([made.pk])
        assert not Facet.objects.exists()
        assert not SearchText.objects.exists()
        assert not IndexedCard.objects.exists()
        assert found("words=today") == []

    def test_rebuilding_makes_the_same_from_nothing(self, ground: Ground) -> None:
        for n in range(7):
            initiative(ground, f"Work {n}", codes=("V-A1.1", "B-2"), areas=("C1",), lead="vale-nhs")
        before = (
            set(Facet.objects.values_list("initiative", "kind", "value", "is_public", "changed_at")),
            set(IndexedCard.objects.values_list("pk", "stamp")),
        )
        Facet.objects.all().delete()
        SearchText.objects.all().delete()
        IndexedCard.objects.all().delete()
        assert list(indexing.rebuild()) == [7]
        assert (
            set(Facet.objects.values_list("initiative", "kind", "value", "is_public", "changed_at")),
            set(IndexedCard.objects.values_list("pk", "stamp")),
        ) == before
        assert len(found("words=work")) == 7

    def test_a_rename_reaches_cards_words_and_keys(self, ground: Ground) -> None:
        made = initiative(ground, "Shared work", codes=("V-A1.1",), lead="vale-nhs", areas=("C1",))
        key = find(PUBLIC, Filters()).keys[0].cache_key
        Organisation.objects.filter(slug="vale-nhs").update(name="Vale Integrated Care")
        ground.elements["V-A1"].title = "Long healthy lives"
        ground.elements["V-A1"].save()
        indexing.reindex_named(
            organisations=[ground.organisations["vale-nhs"].pk], elements=[ground.elements["V-A1"].pk]
        )
        page = find(PUBLIC, view("words=integrated"))
        assert [card.id for card in page.results] == [made.pk]
        assert page.results[0].ambitions[0].title == "Long healthy lives"
        assert page.keys[0].cache_key != key
        assert page.keys[0].cache_key == page.results[0].cache_key


class TestWhoSees:
    def test_partner_level_work_is_for_those_who_act_for_an_organisation(self, ground: Ground) -> None:
        initiative(ground, "For everyone")
        initiative(ground, "For partners", visibility="partners")
        initiative(ground, "Only ours", visibility="draft")
        partner = person_for(ground.organisations["vale-nhs"])
        assert found("sort=title") == ["For everyone"]
        assert found("sort=title", partner) == ["For everyone", "For partners"]
        assert found("words=partners") == []
        assert found("words=partners", partner) == ["For partners"]
        assert find(PUBLIC, Filters()).total.count == 1

    def test_a_suggestion_does_not_tell_what_stands_in_hidden_records(self, ground: Ground) -> None:
        initiative(ground, "Confidential restructuring", visibility="partners")
        assert find(PUBLIC, Filters(words="restructering")).suggestion is None
        partner = person_for(ground.organisations["vale-nhs"])
        page = find(partner, Filters(words="restructering"))
        assert page.suggestion == "restructuring"
        assert titles(page) == ["Confidential restructuring"]

    def test_both_levels_are_merged_in_order(self, ground: Ground) -> None:
        for n in range(12):
            initiative(ground, f"Work {n:02}", visibility="public" if n % 3 else "partners")
        partner = person_for(ground.organisations["vale-nhs"])
        seen = []
        for number in (1, 2, 3):
            seen += titles(find(partner, Filters(), number, 5))
        assert seen == [f"Work {n:02}" for n in reversed(range(12))]


class TestPages:
    def test_pages_follow_each_other_without_gap_or_repeat(self, ground: Ground) -> None:
        moment = now()
        for n in range(23):
            # Several changed in the same instant: the order must still be total.
            initiative(ground, f"Work {n}", changed_at=moment - timedelta(seconds=n // 5))
        for sort in ("recent", "title"):
            seen: list[str] = []
            number: int | None = 1
            while number:
                page = find(PUBLIC, Filters(sort=sort), number, 10)
                assert page.total == finding.Total(23)
                assert page.first_number == len(seen) + 1
                seen += titles(page)
                assert page.last_number == len(seen)
                number = page.next
            assert len(seen) == len(set(seen)) == 23
            assert not page.is_cut

    @pytest.mark.parametrize("number", [-5, 0, 99, 10**9])
    def test_a_page_that_is_not_there_is_the_nearest(self, ground: Ground, number: int) -> None:
        for n in range(12):
            initiative(ground, f"Work {n}")
        assert find(PUBLIC, Filters(), number, 10).number == (1 if number < 1 else 2)

    def test_totals_are_exact_to_a_thousand(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("collaboration.initiatives.finding.listing.COUNTED", 10)
        for _n in range(10):
            initiative(ground, "Work")
        assert find(PUBLIC, Filters()).total == finding.Total(10, more=False)
        initiative(ground, "Work")
        assert find(PUBLIC, Filters()).total == finding.Total(10, more=True)
        # And then ranks among a bounded choice.
        initiative(ground, "Something else", "which mentions work", areas=("C1",))
        page = find(PUBLIC, Filters(words="work"))
        assert len(page.results) == 12
        assert titles(page)[-1] == "Something else"

    def test_the_number_of_queries_does_not_grow(self, ground: Ground) -> None:
        def work() -> None:
            initiative(
                ground,
                "Work on health",
                codes=("V-A1.1", "V-A2.1", "B-1", "B-2"),
                areas=("C1", "C2"),
                lead="vale-nhs",
                partners=("vale-county", "all-councils"),
            )

        counts = set()
        for rows in (10, 25, 100):
            while Initiative.objects.count() < rows:
                work()
            for filters in (Filters(), view("ambition=V-A1&area=C1&organisation=vale-nhs"), view("words=health")):
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    page = find(PUBLIC, filters, 1, 100)
                    assert len(page.results) == rows
                    [(c.lead, c.strands, c.areas, c.partners, c.stage_label) for c in page.results]
                counts.add(len(queries))
        # PostgreSQL counts and ranks what has the words in one statement.
        assert counts == ({2, 3} if connection.vendor == "postgresql" else {3})

    def test_what_a_card_says(self, ground: Ground) -> None:
        initiative(
            ground,
            "Home from hospital",
            "word " * 100,
            codes=("V-A1.1", "B-2", "P-2"),
            areas=("C1", "C2"),
            lead="vale-nhs",
            partners=("vale-nhs", "northwick-council", "all-councils"),
            stage="active",
            scale="several",
            starts_on=date(2024, 1, 1),
            verified_at=now(),
        )
        card = find(PUBLIC, Filters()).results[0]
        assert len(card.summary) <= 240
        assert card.summary.endswith("…")
        assert (card.lead.name, card.lead.slug) == ("Vale NHS", "vale-nhs")
        assert [c.title for c in card.strands] == ["Promoting independence"]
        assert [c.code for c in card.ambitions] == ["V-A1"]
        assert [c.title for c in card.blocks] == ["Delivery"]
        assert [a.name for a in card.areas] == ["Northwick", "Southwick"]
        assert card.partners == 2
        assert card.stage_label == "Active"
        assert card.starts_on == date(2024, 1, 1)
        assert card.verified_at is not None
        assert card.is_public


class TestAddresses:
    def test_a_view_and_its_address_are_one(self, ground: Ground) -> None:
        query = "organisation=vale-nhs&area=C1&block=B-2&ambition=V-A1&stage=active&year=2026&words=a+b&sort=title"
        filters = view(query)
        assert parse_qs(filters.as_query()) == parse_qs(query)
        assert view(filters.as_query()) == filters
        shuffled = "&".join(reversed(query.split("&")))
        assert view(shuffled).as_query() == filters.as_query()

    def test_slugs_and_other_cases_mean_the_same(self, ground: Ground) -> None:
        assert view("ambition=v-a1") == view("ambition=V-A1")
        assert view("area=northwick") == view("area=C1")

    @pytest.mark.parametrize(
        ("query", "word"),
        [
            ("ambition=NO", "ambition"),
            ("ambition=B-1", "ambition"),
            ("strand=V-A1", "strand"),
            ("block=V-A1", "building block"),
            ("element=x", "element"),
            ("area=Atlantis", "area"),
            ("organisation=%00%27--", "organisation"),
            ("sector=🙂", "sector"),
            ("stage=begun", "stage"),
            ("year=soon", "year"),
            ("year=99999", "year"),
            ("sort=random", "sorted"),
        ],
    )
    def test_what_cannot_be_understood_is_a_sentence(self, ground: Ground, query: str, word: str) -> None:
        filters, problems = Filters.from_query(QueryDict(query))
        assert len(problems) == 1
        assert word in problems[0]
        assert filters == Filters()

    def test_new_organisations_are_understood_at_once(self, ground: Ground) -> None:
        finding.choices()
        Organisation.objects.create(slug="brand-new", name="Brand New", sector=ground.organisations["vale-nhs"].sector)
        assert view("organisation=brand-new").organisation == "brand-new"

    def test_filters_made_by_hand_find_too(self, ground: Ground) -> None:
        initiative(ground, "Work", lead="vale-nhs")
        assert titles(find(PUBLIC, Filters(organisation="vale-nhs", sector="health"))) == ["Work"]
        assert titles(find(PUBLIC, Filters(organisation="nobody"))) == []

    def test_each_filter_can_be_taken_away(self, ground: Ground) -> None:
        told = view("ambition=V-A1&organisation=vale-nhs&words=care").described()
        assert [(name, title) for name, title, _query in told] == [
            ("organisation", "Vale NHS"),
            ("ambition", "Live well for longer"),
            ("words", "“care”"),
        ]
        assert told[0][2] == "ambition=V-A1&words=care"


class TestWords:
    @pytest.mark.parametrize(
        "words",
        [
            "hospital",
            "HOSPITALS",
            "discharging",
            "hospital discharge",
            '"discharge from hospital"',
            "community-transport",
            "cafés",
            "cafe",
            "lobbying",
            "promotion/lobbying",
            "children's",
            "equal foundation",  # another title of its ambition
            "Northwick",
            "the hospital and the cafe",
            "NHS",
            "DFGs",
        ],
    )
    def test_found(self, ground: Ground, words: str) -> None:
        initiative(
            ground,
            "Coordinated discharge from hospital",
            "Community transport schemes; DFGs / adaptations; a children's café. Joint promotion/lobbying.",
            codes=("V-A1.1", "V-A2.1"),
            areas=("C1",),
            lead="vale-nhs",
        )
        initiative(ground, "Something else entirely")
        assert titles(find(PUBLIC, Filters(words=words))) == ["Coordinated discharge from hospital"]

    @pytest.mark.parametrize(
        ("wrong", "right"),
        [("hosptial", "hospital"), ("brodband", "broadband"), ("dischrage hosptal", "discharge hospital")],
    )
    def test_misspellings_are_forgiven(self, ground: Ground, wrong: str, right: str) -> None:
        initiative(ground, "Discharge from hospital", "with broadband")
        page = find(PUBLIC, Filters(words=wrong))
        assert page.suggestion == right
        assert titles(page) == ["Discharge from hospital"]
        assert page.total.count == 1

    def test_no_suggestion_where_nothing_is_near(self, ground: Ground) -> None:
        initiative(ground, "Discharge from hospital")
        page = find(PUBLIC, Filters(words="xylophone"))
        assert (page.suggestion, page.results, page.total.count) == (None, [], 0)

    def test_words_in_the_title_count_more(self, ground: Ground) -> None:
        initiative(ground, "Allotments")
        initiative(ground, "Gardens", "with some allotments " + "and other things " * 20)
        assert found("words=allotment") == ["Allotments", "Gardens"]

    @pytest.mark.parametrize(
        "words",
        [
            "'",
            '"',
            '"""',
            "a\x00b",
            "& | ! :* <->",
            "NEAR(a b) OR * ^",
            "title:foo -bar",
            "🙂🙃",
            "the",
            "\u202eabc",
            "x" * 10_000,
            "word " * 10_000,
            "'; DROP TABLE initiatives_initiative; --",
            "%s %d %(x)s",
            "\\",
            "ﷺ",
            "\ud800",
            "中文",
            "a:*b",
            "AND OR NOT",
        ],
    )
    def test_any_words_are_a_question_never_an_error(self, ground: Ground, words: str) -> None:
        initiative(ground, "Discharge from hospital")
        filters, _problems = Filters.from_query({"words": words})
        page = find(PUBLIC, filters)
        assert page.total.count <= 1
        list(finding.find_all(PUBLIC, filters))
        finding.similar_to(PUBLIC, words, words)
        assert Initiative.objects.count() == 1

    def test_too_many_words_are_cut_with_a_sentence(self) -> None:
        filters, problems = Filters.from_query({"words": "word " * 10_000})
        assert len(filters.words) <= 200
        assert len(problems) == 1

    def test_hostile_texts_are_indexed_without_error(self, ground: Ground) -> None:
        for text in ("x" * 200, "🙂", "'\"\\%s", "\u202e", "中文 条目"):
            initiative(ground, text[:200], (text + " ") * 20)
        initiative(ground, "Long", "wörter " + " ".join(f"w{n}" for n in range(20_000)))
        assert found("words=worter") == ["Long"]
        assert found("words=条目") == ["中文 条目"]


class TestDownloads:
    def test_all_rows_in_order_over_several_reads(self, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("collaboration.initiatives.finding.downloads.CHUNK", 4)
        for n in range(11):
            initiative(
                ground,
                f"Work {n:02}",
                "long " * 100,
                lead="vale-nhs",
                partners=("vale-county", "all-councils"),
                money=(100, 50),
                visibility="public" if n % 2 else "partners",
            )
        partner = person_for(ground.organisations["vale-nhs"])
        rows = list(finding.find_all(partner, view("organisation=vale-nhs&words=work")))
        assert [row.record["title"] for row in rows] == [f"Work {n:02}" for n in reversed(range(11))]
        assert rows[0].record["partners"] == ["all-councils", "vale-county"]
        assert dict(zip(columns.names_of(columns.COLUMNS), rows[0].cells("OGL"), strict=True))["partners"] == [
            "All councils (delivery)",
            "Vale County Council (delivery)",
        ]
        assert rows[0].record["money"] == 150
        assert len(rows[0].record["summary"]) == 500
        assert len(list(finding.find_all(PUBLIC, Filters()))) == 5
        assert [c.title for c in finding.feed(partner, Filters(sort="title"), 3)] == ["Work 10", "Work 09", "Work 08"]

    def test_pages_follow_each_other_without_gap_or_repetition(self, ground: Ground) -> None:
        for n in range(11):
            initiative(ground, f"Work {n:02}", lead="vale-nhs", visibility="public" if n % 2 else "partners")
        partner = person_for(ground.organisations["vale-nhs"])
        for filters in (Filters(), view("organisation=vale-nhs&words=work")):
            titles: list[str] = []
            after: finding.Position | None = None
            while True:
                rows, after = finding.find_page(partner, filters, after, size=4)
                titles += [row.record["title"] for row in rows]
                if after is None:
                    break
            assert titles == [f"Work {n:02}" for n in reversed(range(11))]

    def test_what_was_indexed_before_there_was_anything_to_say_is_said_afresh(self, ground: Ground) -> None:
        one = initiative(ground, "Work", lead="vale-nhs", partners=("vale-county",))
        IndexedCard.objects.filter(pk=one.pk).update(said={})
        (row,) = finding.find_all(PUBLIC, Filters())
        assert row.record["partners"] == ["vale-county"]
        assert finding.row_of(PUBLIC, one) == row

    def test_a_record_is_said_of_its_present_state_to_those_who_see_it(self, ground: Ground) -> None:
        draft = initiative(ground, "Draft", lead="vale-nhs", visibility="draft")
        assert finding.row_of(PUBLIC, draft) is None
        row = finding.row_of(person_for(ground.organisations["vale-nhs"]), draft)
        assert row is not None
        assert row.record["visibility"] == "draft"


def test_lists_show_exactly_what_the_register_says_is_visible(ground: Ground) -> None:
    """Set-wise twin of visible_to, for what is published and live."""
    queries = pytest.importorskip("collaboration.initiatives.queries")
    for n, (visibility, withdrawn) in enumerate(itertools.product(("draft", "partners", "public"), (False, True))):
        initiative(ground, f"Work {n}", visibility=visibility, withdrawn_at=now() if withdrawn else None)
    actors = [
        PUBLIC,
        person_for(ground.organisations["vale-nhs"]),
        person_for(ground.organisations["vale-county"], "officer"),
    ]
    for actor in actors:
        listed = {card.id for card in find(actor, Filters()).results}
        live = Initiative.objects.filter(indexing.findable())
        assert listed == set(queries.visible_to(actor).filter(pk__in=live).values_list("pk", flat=True))
