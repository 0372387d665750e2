"""Successions: officers plan how organisations and areas are replaced; those whom it concerns read the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from frontend.pages import succeeding_forms as asked
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.manage import managed
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import can, require
from groundwork.succession import queries, services
from groundwork.succession.moving import mover_of, movers

GET_OR_POST = ("GET", "HEAD", "POST")
PER_PAGE = 50


@signed_in
@never_cache
@require_safe
def successions(request: HttpRequest) -> HttpResponse:
    """Those that this person may see, the latest day first."""
    actor = actor_of(request)
    found = Paginator(queries.listed(actor), PER_PAGE)
    return managed(
        request,
        "successions",
        page_obj=found.get_page(request.GET.get("page")),
        may_plan=can(actor, "succession.plan"),
    )


@signed_in
@never_cache
@require_safe
def succession(request: HttpRequest, number: int) -> HttpResponse:
    """One plan: when and why, who by whom, what would move or moved, and what is still wrong with it."""
    actor = actor_of(request)
    found = queries.find(actor, number)
    taking = {each.pk: each for each in queries.successors_of(found)}
    counted = queries.preview(found) if found.is_planned else []
    return managed(
        request,
        "succession",
        succession=found,
        successors=list(taking.values()),
        predecessors=queries.predecessors_of(found),
        problems=services.problems_of(found) if found.is_planned else [],
        sentence=queries.in_one_sentence(counted) if found.is_planned else queries.moved_in_one_sentence(found),
        moving=[
            {
                "words": each.words,
                "noun": each.mover.noun,
                "to": [(taking[pk].name, number) for pk, number in sorted(each.by_successor.items())],
            }
            for each in counted
        ],
        nouns=[(each.noun, each.many) for each in movers(found.of)],
        is_late=queries.is_late(found),
        may_change=found.is_planned and can(actor, "succession.change", found),
        history=queries.history(actor, found),
    )


@signed_in
@require_http_methods(GET_OR_POST)
def begin(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, "succession.plan")
    form = asked.Begin(request.POST if request.method == "POST" else None)

    def act() -> HttpResponse:
        return redirect(services.plan(actor=actor, **form.cleaned_data))

    return _form(request, form, act, heading=_("Plan a succession"), button=_("Begin the plan"))


@signed_in
@require_http_methods(GET_OR_POST)
def change(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.find(actor, number)
    require(actor, "succession.change", found)
    said = {name: getattr(found, name) for name in ("title", "effective_on", "reason", "is_announced", "version")}
    form = asked.Change(request.POST if request.method == "POST" else None, initial=said)

    def act() -> HttpResponse:
        services.change(actor=actor, succession=found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(found)

    return _form(request, form, act, plan=found, heading=_("When and why"), button=_("Save"))


@signed_in
@require_http_methods(GET_OR_POST)
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.find(actor, number)
    require(actor, "succession.change", found)
    form = asked.Cancel(request.POST if request.method == "POST" else None)

    def act() -> HttpResponse:
        services.cancel(actor=actor, succession=found, **form.cleaned_data)
        messages.success(request, _("The plan is cancelled. Nothing has changed anywhere."))
        return redirect(found)

    return _form(
        request,
        form,
        act,
        plan=found,
        heading=_("Cancel this plan?"),
        intro=_("It stays here to be read. Nothing that it speaks of changes."),
        button=_("Cancel the plan"),
        is_warning=True,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def add_successor(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.find(actor, number)
    require(actor, "succession.change", found)
    of_area = found.of == "area"
    made: Any = asked.TakingArea if of_area else asked.TakingOrganisation
    form = made(request.POST if request.method == "POST" else None, plan=found)

    def act() -> HttpResponse:
        said = form.cleaned_data
        new: Any = None
        if said.get("name"):
            if of_area:
                row, column = said.get("tile_row"), said.get("tile_column")
                new = services.NewArea(
                    name=said["name"],
                    slug=said["slug"],
                    code=said.get("code", ""),
                    kind=said.get("area_kind", ""),
                    tile=(row, column) if row is not None and column is not None else None,
                )
            else:
                new = services.NewOrganisation(
                    name=said["name"],
                    slug=said["slug"],
                    abbreviation=said["abbreviation"],
                    sector=said.get("sector", ""),
                    area_code=said.get("area_code", ""),
                )
        services.add_successor(
            actor=actor,
            succession=found,
            version=None,
            existing=said.get("existing", ""),
            new=new,
            takes_areas=said.get("takes_areas", ()),
        )
        return redirect(found)

    heading = _("What it is called then") if found.kind == "rename" else _("Who takes over")
    return _form(request, form, act, plan=found, heading=heading, button=_("Add"))


@signed_in
@require_http_methods(GET_OR_POST)
def remove_successor(request: HttpRequest, number: int, row: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.find(actor, number)
    require(actor, "succession.change", found)
    name = next((each.name for each in queries.successors_of(found) if each.pk == row), None)
    if name is None:
        raise NotFound(_("There is no such successor in this plan."))

    def act() -> HttpResponse:
        services.remove_successor(actor=actor, succession=found, version=None, successor=row)
        return redirect(found)

    return _form(
        request,
        None,
        act,
        plan=found,
        heading=_("Take %(name)s out of the plan?") % {"name": name},
        intro=_("Whoever was to go to nobody else is taken out with it."),
        button=_("Take it out"),
        is_warning=True,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def add_predecessor(request: HttpRequest, number: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.find(actor, number)
    require(actor, "succession.change", found)
    heirs = queries.successors_of(found)
    form = asked.Replaced(request.POST if request.method == "POST" else None, plan=found, successors=heirs)

    def act() -> HttpResponse:
        said = form.cleaned_data
        services.add_predecessor(
            actor=actor,
            succession=found,
            version=None,
            slug=said["slug"],
            goes_to=[int(each) for each in said["goes_to"]],
            default=int(said["default"]) if said.get("default") else None,
        )
        return redirect(found)

    return _form(request, form, act, plan=found, heading=_("Who is replaced"), button=_("Add"))


@signed_in
@require_http_methods(GET_OR_POST)
def remove_predecessor(request: HttpRequest, number: int, row: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.find(actor, number)
    require(actor, "succession.change", found)
    name = next((str(each) for each in queries.predecessors_of(found) if each.pk == row), None)
    if name is None:
        raise NotFound(_("There is nobody like this in the plan."))

    def act() -> HttpResponse:
        services.remove_predecessor(actor=actor, succession=found, version=None, predecessor=row)
        return redirect(found)

    return _form(
        request,
        None,
        act,
        plan=found,
        heading=_("Take %(name)s out of the plan?") % {"name": name},
        intro=_("It then stays as it is."),
        button=_("Take it out"),
        is_warning=True,
    )


@signed_in
@never_cache
@require_http_methods(GET_OR_POST)
def items(request: HttpRequest, number: int, row: int, noun: str) -> HttpResponse:
    """What one of those who are replaced has, thing by thing, with who takes it; each can be given to another."""
    actor = actor_of(request)
    found = queries.find(actor, number)
    require(actor, "succession.see_items", found)
    predecessor = next((each for each in queries.predecessors_of(found) if each.pk == row), None)
    mover = mover_of(noun)
    if predecessor is None or mover is None or mover.of != found.of:
        raise NotFound(_("There is nothing like this in the plan."))
    heirs = list(predecessor.goes_to.all())
    listed = [each for each in queries.shares(found, mover) if each.predecessor.pk == row]
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    problem = ""
    if request.method == "POST":
        known = {str(each.pk): each.pk for each in heirs}
        shown = {share.held.item for share in listed}
        given = {
            name.removeprefix("item-"): str(value) for name, value in request.POST.items() if name.startswith("item-")
        }
        try:
            if any(value and value not in known for value in given.values()):
                raise Invalid(_("Choose one of those who take over from %(name)s") % {"name": predecessor})
            services.pick(
                actor=actor,
                succession=found,
                noun=noun,
                predecessor=row,
                choices={item: known.get(value) for item, value in given.items() if item in shown},
            )
        except (Invalid, Conflict) as error:
            problem = error.message
        else:
            messages.success(request, _("Saved."))
            return redirect(f"{request.path}?page={page.number}")
    rows = [
        {
            "item": share.held.item,
            "title": share.held.title,
            "picked": request.POST.get(f"item-{share.held.item}")
            if problem
            else (str(share.successors[0].pk) if share.is_picked else ""),
            "rule": ", ".join(str(each) for each in share.successors),
            "is_by_area": share.is_by_area,
        }
        for share in page.object_list
    ]
    context = {
        "succession": found,
        "predecessor": predecessor,
        "mover": mover,
        "heirs": [(str(each.pk), each.name) for each in heirs],
        "rows": rows,
        "page_obj": page,
        "problem": problem,
        "may_change": found.is_planned and len(heirs) > 1 and can(actor, "succession.change", found),
    }
    return render(request, "frontend/manage/succession_items.html", context, status=422 if problem else 200)


def _form(
    request: HttpRequest, form: Any, act: Callable[[], HttpResponse], *, plan: Any = None, **words: Any
) -> HttpResponse:
    """A page that asks one form, or for a yes when there is none, and says what a service refuses."""
    status, problem = 200, ""
    if request.method == "POST":
        status = 422
        if form is None or form.is_valid():
            try:
                return act()
            except (Invalid, Conflict) as error:
                status = error.status
                if form is None:
                    problem = error.message
                else:
                    form.refuse(error)
    back = plan.get_absolute_url() if plan is not None else reverse("successions")
    context = {"form": form, "problem": problem, "back": back, "plan": plan, **words}
    return render(request, "frontend/manage/succession_form.html", context, status=status)
