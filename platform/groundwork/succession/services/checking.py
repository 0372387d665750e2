"""Whether a plan can take effect: asked while it is made, shown on its page, and asked again when its day comes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from groundwork.directory.models import Area, FormerAddress, Organisation
from groundwork.succession.models import Predecessor, Succession, Successor
from groundwork.succession.queries import predecessors_of, successors_of

Kind = Succession.Kind


def problems_of(succession: Succession) -> list[str]:
    """Why this plan could not take effect as it stands, as sentences; none when it could."""
    replaced, taking = predecessors_of(succession), successors_of(succession)
    return [
        *_by_kind(succession, replaced, taking),
        *(sentence for each in replaced for sentence in _of_predecessor(succession, each)),
        *(sentence for each in taking for sentence in _of_successor(succession, each, replaced)),
    ]


def _by_kind(succession: Succession, replaced: list[Predecessor], taking: list[Successor]) -> list[str]:
    found = []
    kind = succession.kind
    if not taking:
        found.append(_("Say who takes over."))
    if not replaced:
        found.append(_("Say who is replaced."))
    if found:
        return found
    if kind == Kind.RENAME:
        same = {each.organisation_id or each.area_id for each in taking} == {
            each.organisation_id or each.area_id for each in replaced
        }
        if len(replaced) != 1 or len(taking) != 1 or not same:
            found.append(_("A rename concerns one, which goes on under another name."))
    elif kind == Kind.MERGE and (len(replaced) < 2 or len(taking) != 1):
        found.append(_("A merger makes one of two or more."))
    elif kind == Kind.SPLIT and (len(replaced) != 1 or len(taking) < 2):
        found.append(_("A split makes two or more of one."))
    elif kind == Kind.TAKE_OVER and (len(taking) != 1 or taking[0].is_new):
        found.append(_("In a take-over one that exists already goes on with what the others had."))
    unused = {each.pk for each in taking} - {heir.pk for each in replaced for heir in each.goes_to.all()}
    found += [_("%(name)s takes over from nobody yet.") % {"name": each.name} for each in taking if each.pk in unused]
    return found


def _of_predecessor(succession: Succession, predecessor: Predecessor) -> list[str]:
    thing, day = predecessor.thing, succession.effective_on
    found = []
    if thing.valid_from is not None and thing.valid_from > day:
        found.append(_("%(name)s does not exist on that day.") % {"name": thing.name})
    if (thing.valid_to is not None and thing.valid_to <= day) or getattr(thing, "status", "") == "closed":
        found.append(_("%(name)s has ended already.") % {"name": thing.name})
    return found


def _of_successor(succession: Succession, successor: Successor, replaced: list[Predecessor]) -> list[str]:
    thing = successor.organisation or successor.area
    is_organisation = succession.of == Succession.Noun.ORGANISATION
    if thing is not None and succession.kind != Kind.RENAME:
        if not thing.holds_on(succession.effective_on) or getattr(thing, "status", "") == "closed":
            return [_("%(name)s does not exist on that day, so it cannot take over.") % {"name": thing.name}]
        return []
    model: type[Organisation] | type[Area] = Organisation if is_organisation else Area
    others = model._default_manager.exclude(pk=thing.pk if thing else 0)
    former = FormerAddress.objects.filter(slug=successor.slug, organisation__isnull=not is_organisation)
    if thing is not None:
        # Its own earlier addresses are its own.
        former = former.exclude(organisation=thing.pk) if is_organisation else former.exclude(area=thing.pk)
    found = []
    if others.filter(slug=successor.slug).exists() or former.exists():
        found.append(_("The address “%(slug)s” belongs to somebody else.") % {"slug": successor.slug})
    if not is_organisation and successor.is_new and Area.objects.filter(code=successor.code).exists():
        found.append(_("There is an area with the code %(code)s already.") % {"code": successor.code})
    if is_organisation and successor.code and not _area_will_exist(succession, successor.code):
        found.append(_("No area has the code %(code)s, and no plan makes one by that day.") % {"code": successor.code})
    return found


def _area_will_exist(succession: Succession, code: str) -> bool:
    if Area.objects.filter(code=code).exists():
        return True
    planned = Successor.objects.filter(
        code=code,
        is_new=True,
        succession__of=Succession.Noun.AREA,
        succession__status=Succession.Status.PLANNED,
        succession__effective_on__lte=succession.effective_on,
    )
    return planned.exists()
