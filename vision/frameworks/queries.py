"""Reading what the place aims at. Frameworks are public: nothing here depends on who asks.

Withdrawn elements stay in the database, because initiatives may answer to them; lists leave them out, and asking for
one by its code still finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require
from groundwork.clock import today
from groundwork.directory.models import Organisation
from groundwork.directory.queries import fold, organisations
from vision.frameworks.models import (
    Element,
    ElementAlias,
    ElementLink,
    Endorsement,
    Framework,
    LocalTranslation,
    PlanningFramework,
    ReviewedProgramme,
)
from vision.frameworks.rules import DECIDERS, PUBLIC


def frameworks() -> QuerySet[Framework]:
    """Every framework in force in the catalogue, in the catalogue's order, with its owner."""
    return Framework.objects.filter(withdrawn_on=None).select_related("owner")


def framework(key: str) -> Framework:
    """One framework by its key, withdrawn ones included. Raises :class:`NotFound`."""
    found = Framework.objects.select_related("owner").filter(key=key).first()
    if found is None:
        raise NotFound(_("There is no such framework."))
    return found


def framework_playing(part: str) -> Framework | None:
    """The framework that plays ``part`` (see :class:`Framework.Part`), or None where the place has none."""
    return frameworks().filter(part=part).first()


def vision() -> Framework | None:
    """The shared vision of the place, or None before a catalogue is loaded."""
    return framework_playing(Framework.Part.VISION)


def _elements() -> QuerySet[Element]:
    return Element.objects.filter(withdrawn_on=None).select_related("framework")


def ambitions() -> QuerySet[Element]:
    """The ambitions of the vision in order, each with its ``strands_in_order`` (two queries in all)."""
    strands_in_order = Prefetch(
        "children",
        queryset=Element.objects.filter(withdrawn_on=None).order_by("order"),
        to_attr="strands_in_order",
    )
    return (
        _elements()
        .filter(framework__part=Framework.Part.VISION, depth=0)
        .order_by("order")
        .prefetch_related(strands_in_order)
    )


def strands() -> QuerySet[Element]:
    """The strands of the vision's ambitions, in order, each with its ambition as ``parent``."""
    return (
        _elements()
        .filter(framework__part=Framework.Part.VISION, depth=1)
        .select_related("parent", "framework")
        .order_by("order")
    )


def building_blocks() -> QuerySet[Element]:
    """The building blocks of working together, in order."""
    return _elements().filter(framework__part=Framework.Part.BUILDING_BLOCKS, depth=0).order_by("order")


def recommendations() -> QuerySet[Element]:
    """The recommendations to the place, in order, without the actions below them."""
    return _elements().filter(framework__part=Framework.Part.RECOMMENDATIONS, depth=0).order_by("order")


def principles() -> QuerySet[Element]:
    """The principles any framework states, which an initiative can say it follows."""
    return _elements().filter(kind="principle").order_by("framework__order", "order")


def element(code: str) -> Element:
    """One element by its code, withdrawn ones included, with framework and parent. Raises :class:`NotFound`."""
    found = Element.objects.select_related("framework", "framework__owner", "parent").filter(code=code).first()
    if found is None:
        raise NotFound(_("There is no element with this code."))
    return found


def ambition_by_slug(slug: str) -> Element:
    """One ambition by its address, with ``strands_in_order``. Raises :class:`NotFound`."""
    found = ambitions().filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such ambition."))
    return found


def building_block_by_slug(slug: str) -> Element:
    """One building block by its address. Raises :class:`NotFound`."""
    found = building_blocks().filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such building block."))
    return found


@dataclass
class Branch:
    """An element with what stands below it, in order, to any depth."""

    element: Element
    children: list[Branch] = field(default_factory=list)


def tree(of: Framework) -> list[Branch]:
    """A framework's elements as printed, aliases prefetched: two queries, however deep the framework is."""
    top: list[Branch] = []
    known: dict[int, Branch] = {}
    for each in of.elements.filter(withdrawn_on=None).prefetch_related("aliases").order_by("order"):
        each.framework = of
        branch = known[each.pk] = Branch(each)
        above = known.get(each.parent_id) if each.parent_id else None
        if above:
            each.parent = above.element
        (above.children if above else top).append(branch)
    return top


def elements_for_choice(of: Framework | str) -> list[Element]:
    """The elements of a framework (or of the framework with a key), flat and in order; ``depth`` says how to indent."""
    which = Q(framework=of) if isinstance(of, Framework) else Q(framework__key=of)
    return list(_elements().filter(which).select_related("parent", "framework").order_by("order"))


def elements_by_code(codes: Iterable[str]) -> dict[str, Element]:
    """The elements with these codes, withdrawn ones included; codes that nothing has are left out."""
    found = Element.objects.select_related("framework", "parent").filter(code__in=set(codes))
    return {each.code: each for each in found}


def element_finder() -> Callable[[str], Element | None]:
    """A function like :func:`find_element` that reads the database once, for whoever looks up many."""
    by_code: dict[str, Element] = {}
    by_name: dict[str, set[int]] = {}
    by_id: dict[int, Element] = {}
    for each in _elements().select_related("framework", "parent"):
        by_id[each.pk] = by_code[each.code.casefold()] = each
        for title in (each.title, each.short_title):
            if title:
                by_name.setdefault(fold(title), set()).add(each.pk)
    aliases = ElementAlias.objects.filter(element__withdrawn_on=None).values_list("folded", "element_id")
    for folded, pk in aliases:
        by_name.setdefault(folded, set()).add(pk)

    def find(text: str) -> Element | None:
        code = by_code.get(text.strip().casefold())
        if code:
            return code
        meant = by_name.get(fold(text), set()) if fold(text) else set()
        return by_id[next(iter(meant))] if len(meant) == 1 else None

    return find


def find_element(text: str) -> Element | None:
    """The one element meant by a code, a title, a short title or another title it is known by.

    Case, accents and punctuation do not matter. None when nothing or more than one element is meant.
    """
    return element_finder()(text)


def elements_matching(words: str) -> QuerySet[Element]:
    """The elements in whose title, or another title they are known by, every one of the words stands."""
    wanted = fold(words).split()[:10]
    if not wanted:
        return Element.objects.none()
    by_title, by_alias = Q(), Q()
    for word in wanted:
        by_title &= Q(title__icontains=word) | Q(short_title__icontains=word)
        by_alias &= Q(folded__contains=word)
    aliased = ElementAlias.objects.filter(by_alias).values("element_id")
    return _elements().filter(by_title | Q(pk__in=aliased)).order_by("framework__order", "order")


def elements_listed(*, framework: str = "", kind: str = "", words: str = "") -> QuerySet[Element]:
    """The elements in force, framework by framework as printed, with parents: of one framework (by key), of one kind,
    with every one of the words, or all of them."""
    found = elements_matching(words) if words.strip() else _elements()
    if framework:
        found = found.filter(framework__key=framework)
    if kind:
        found = found.filter(kind=kind)
    return found.select_related("framework", "parent").order_by("framework__order", "framework_id", "order", "pk")


def elements_in_print(framework: str = "") -> QuerySet[Element]:
    """The elements of the frameworks in force, in the order of the place and as printed, with all a table shows.

    Of one framework when its key is given. Aliases are prefetched.
    """
    found = elements_listed(framework=framework).filter(framework__withdrawn_on=None)
    return found.select_related("framework__owner", "parent").prefetch_related("aliases")


def kinds_of_elements() -> list[str]:
    """Every kind of element there is: "ambition", "strand", "recommendation", … (one query)."""
    return list(Element.objects.filter(withdrawn_on=None).order_by("kind").values_list("kind", flat=True).distinct())


def trail(of: Element) -> list[Element]:
    """The elements above one, from the top of its framework down to its parent (one query)."""
    if of.parent_id is None:
        return []
    above = Element.objects.filter(framework_id=of.framework_id, depth__lt=of.depth).select_related("framework")
    by_id = {each.pk: each for each in above}
    path: list[Element] = []
    parent_id: int | None = of.parent_id
    while parent_id is not None and parent_id in by_id:
        path.append(by_id[parent_id])
        parent_id = by_id[parent_id].parent_id
    return path[::-1]


@dataclass(frozen=True)
class Link:
    """One stated relation, read from one of its ends."""

    kind: str
    reason: str
    outward: bool
    """Whether the element asked about states it; otherwise the other end does."""
    element: Element | None
    """The other end, or None when that is a whole framework."""
    framework: Framework
    """The framework at the other end, or the one the other element belongs to."""


def links_of(of: Element) -> list[Link]:
    """Every relation of an element, both those it states and those stated of it (one query)."""
    rows = (
        ElementLink.objects.filter(Q(from_element=of) | Q(to_element=of))
        .select_related("from_element__framework", "to_element__framework", "to_framework")
        .order_by("kind", "from_element__framework__order", "from_element__order", "to_element__order", "pk")
    )
    links: list[Link] = []
    for row in rows:
        outward = row.from_element_id == of.pk
        other = row.to_element if outward else row.from_element
        if other is not None and other.withdrawn_on is not None:
            continue
        target = row.to_framework if outward and row.to_framework else None
        whole = target or (other.framework if other else None)
        if whole is not None:
            links.append(Link(row.kind, row.reason, outward, None if target else other, whole))
    return links


def links_to_framework(of: Framework) -> QuerySet[ElementLink]:
    """The elements of other frameworks that name this framework as a whole."""
    return of.links_in.filter(from_element__withdrawn_on=None).select_related("from_element__framework")


def links_from_framework(of: Framework) -> QuerySet[ElementLink]:
    """Every relation that the elements of a framework state, with the other ends, in the order of its elements."""
    return (
        ElementLink.objects.filter(from_element__framework=of, from_element__withdrawn_on=None)
        .filter(Q(to_element=None) | Q(to_element__withdrawn_on=None))
        .select_related("to_element__framework", "to_framework")
        .order_by("from_element__order", "kind", "pk")
    )


def planning_frameworks() -> QuerySet[PlanningFramework]:
    """The planning frameworks with their layers, in order (two queries)."""
    return PlanningFramework.objects.select_related("owner").prefetch_related("layers")


# --- endorsements -------------------------------------------------------------------------------------------------


def endorsements_visible_to(actor: Actor) -> QuerySet[Endorsement]:
    """The endorsements an actor may know of: the set-wise twin of the rule ``endorsement.view``."""
    found = Endorsement.objects.select_related("organisation", "framework", "lead")
    if actor.is_system or actor.is_officer:
        return found
    seen = Q(status__in=PUBLIC)
    if actor.organisation_id is not None:
        seen |= Q(organisation_id=actor.organisation_id)
    return found.filter(seen)


def endorsement_register(of: Framework) -> QuerySet[Endorsement]:
    """The public register of one framework, by organisation: who endorses it, and who did and took it back."""
    found = Endorsement.objects.filter(framework=of, status__in=PUBLIC)
    return found.select_related("organisation", "framework", "lead").order_by("organisation__name", "pk")


def endorsements_listed(*, framework: str = "", organisation: str = "") -> QuerySet[Endorsement]:
    """The public registers of all frameworks, or of the one with this key, with what it means locally.

    ``organisation``: only what the one with this slug says.
    """
    found = Endorsement.objects.filter(status__in=PUBLIC).select_related("organisation", "framework")
    if framework:
        found = found.filter(framework__key=framework)
    if organisation:
        found = found.filter(organisation__slug=organisation)
    words = Prefetch("translations", LocalTranslation.objects.select_related("element"))
    return found.prefetch_related(words).order_by("organisation__name", "pk")


def endorsement_of(actor: Actor, framework: Framework, organisation: Organisation) -> Endorsement:
    """An organisation's word on a framework, as far as the actor may know of it; one that is not saved where none is.

    ``version`` is 0 then, so that a form can tell that somebody else was quicker.
    """
    found = endorsements_visible_to(actor).filter(framework=framework, organisation=organisation).first()
    return found or Endorsement(framework=framework, organisation=organisation, status="", version=0)


def endorsements_asked(actor: Actor, framework: Framework) -> QuerySet[Endorsement]:
    """Whom a framework was put to, for those who asked. Raises :class:`NotAllowed`."""
    require(actor, "framework.ask_endorsements", framework)
    return Endorsement.objects.filter(framework=framework).select_related("organisation").order_by("organisation__name")


def endorsable_by(framework: Framework) -> QuerySet[Organisation]:
    """The organisations of today that can be asked to endorse a framework and were not, by name."""
    return organisations().filter(is_group=False).exclude(endorsements__framework=framework).order_by("name")


def translations_of_element(element: Element) -> QuerySet[LocalTranslation]:
    """What an element means locally, organisation by organisation, of endorsements in force."""
    found = LocalTranslation.objects.filter(element=element, endorsement__status=Endorsement.Status.ENDORSED)
    return found.select_related("endorsement__organisation").order_by("endorsement__organisation__name", "pk")


def endorsed_by(organisation: Organisation) -> QuerySet[Endorsement]:
    """What an organisation endorses now, each with its ``translations`` in the framework's order."""
    found = Endorsement.objects.filter(organisation=organisation, status=Endorsement.Status.ENDORSED)
    return (
        found.select_related("framework", "organisation", "lead")
        .prefetch_related(Prefetch("translations", LocalTranslation.objects.select_related("element")))
        .order_by("framework__order", "pk")
    )


def programmes_of(actor: Actor, endorsement: Endorsement) -> QuerySet[ReviewedProgramme]:
    """The programmes an organisation has looked through, for its own people. Raises :class:`NotAllowed`."""
    require(actor, "endorsement.review", endorsement)
    return endorsement.programmes.select_related("serves")


def endorsements_unanswered() -> QuerySet[Endorsement]:
    """Those that were asked for and have no answer."""
    found = Endorsement.objects.filter(status=Endorsement.Status.ASKED, asked_at__isnull=False)
    return found.filter(framework__withdrawn_on=None).select_related("organisation", "framework").order_by("pk")


def endorsements_waiting_for(actor: Actor) -> QuerySet[Endorsement]:
    """What waits for whoever acts: to say whether their organisation endorses, and to look through its programmes."""
    if actor.organisation_id is None:
        return Endorsement.objects.none()
    waits = Q(pk=None)
    if actor.role in DECIDERS:
        waits |= Q(status=Endorsement.Status.ASKED, asked_at__isnull=False)
    if actor.role in (*DECIDERS, "member"):
        # A little early where a month is long: the page says from when on.
        since = today() - timedelta(days=89)
        waits |= Q(status=Endorsement.Status.ENDORSED, reviewed_on=None, endorsed_on__lte=since)
    found = Endorsement.objects.filter(waits, organisation_id=actor.organisation_id, framework__withdrawn_on=None)
    return found.select_related("framework", "organisation").order_by("asked_at", "pk")


def endorsements_to_review(since: date) -> QuerySet[Endorsement]:
    """Those in force that were given on ``since`` or before and whose review of programmes is not done."""
    found = Endorsement.objects.filter(
        status=Endorsement.Status.ENDORSED, reviewed_on=None, endorsed_on__lte=since, framework__withdrawn_on=None
    )
    return found.select_related("organisation", "framework").order_by("pk")
