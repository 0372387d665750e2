"""For officers: who keeps in touch with whom, when records count as old, and on which days mail rests."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from frontend import forms
from frontend.pages.gate import actor_of, signed_in
from frontend.pages.manage import managed
from frontend.pages.moved import at_present_address
from groundwork.access.errors import Conflict, Invalid, NotFound
from groundwork.access.rules import require
from groundwork.directory import queries as directory
from groundwork.directory import services as directory_services
from notifications.queries import caring
from notifications.reminders.registry import reminders
from notifications.services.caring import LONGEST, save_care

PER_PAGE = 40
GET_OR_POST = ("GET", "HEAD", "POST")


class SearchForm(forms.Form):
    marks_optional = False

    words = forms.CharField(
        label=gettext_lazy("Name of an organisation"), required=False, max_length=200, widget=forms.SearchInput
    )


class CareForm(forms.Form):
    relationship_owner = forms.ChoiceField(
        label=gettext_lazy("Who keeps in touch with them"),
        help_text=gettext_lazy("They are told before the partnership officers, so that they can ring and ask."),
        required=False,
    )
    first_days = forms.IntegerField(
        label=gettext_lazy("Days until the first reminder"),
        help_text=gettext_lazy("Days without a word about a record. Goes to those who speak for the organisation."),
        widget=forms.TextInput(width=4, attrs={"inputmode": "numeric"}),
    )
    second_days = forms.IntegerField(
        label=gettext_lazy("Days until the second"),
        help_text=gettext_lazy("Goes to who keeps in touch with them. They are also told when all of it is quiet."),
        widget=forms.TextInput(width=4, attrs={"inputmode": "numeric"}),
    )
    third_days = forms.IntegerField(
        label=gettext_lazy("Days until the third and last"),
        help_text=gettext_lazy("Goes to the partnership officers."),
        widget=forms.TextInput(width=4, attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Nobody")), *((str(person.pk), person.display_name) for person in people)]
        self.fields["relationship_owner"].choices = choices  # type: ignore[attr-defined]
        for name in ("first_days", "second_days", "third_days"):
            sentence = _("Enter a number of days from 1 to %(most)s") % {"most": LONGEST}
            self.fields[name].error_messages["invalid"] = sentence


class DaysForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What are these days?"),
        choices=[
            ("election", gettext_lazy("Before an election: nothing goes to the public")),
            ("holiday", gettext_lazy("A holiday: reminders and digests rest")),
        ],
        widget=forms.Radios,
    )
    name = forms.CharField(label=gettext_lazy("What are they called?"), max_length=100)
    starts_on = forms.DateField(label=gettext_lazy("First day"))
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"), help_text=gettext_lazy("Leave it empty for a single day."), required=False
    )


@signed_in
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Organisations and who keeps in touch with them, the days that the place keeps, and what is reminded of."""
    actor = actor_of(request)
    words = request.GET.get("words", "").strip()[:200]
    found = Paginator(caring.cared_for(actor, words=words), PER_PAGE)
    page = found.get_page(request.GET.get("page"))
    return managed(
        request,
        "reminders",
        form=SearchForm(initial={"words": words}),
        words=words,
        total=found.count,
        page_obj=page,
        rows=caring.with_care(page.object_list),
        query=urlencode({"words": words}) if words else "",
        days=directory.place_dates(),
        reminders=reminders(),
    )


@signed_in
@require_http_methods(GET_OR_POST)
@at_present_address("organisation")
def care(request: HttpRequest, slug: str) -> HttpResponse:
    """How one organisation is looked after."""
    actor = actor_of(request)
    require(actor, "reminders.manage")
    organisation = directory.organisation_by_slug(slug)
    if organisation.is_group:
        raise NotFound(_("There is no such organisation."))
    held = caring.care_of(organisation)
    people = caring.those_who_may_care()
    if held.relationship_owner is not None and held.relationship_owner_id not in {person.pk for person in people}:
        people.append(held.relationship_owner)
    form = CareForm(
        request.POST if request.method == "POST" else None,
        people=people,
        initial={
            "relationship_owner": str(held.relationship_owner_id or ""),
            "first_days": held.first_days,
            "second_days": held.second_days,
            "third_days": held.third_days,
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = dict(form.cleaned_data)
            owner = said.pop("relationship_owner")
            try:
                save_care(
                    actor=actor, organisation=organisation, relationship_owner=int(owner) if owner else None, **said
                )
            except Invalid as error:
                form.refuse(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("manage-reminders")
    return render(
        request,
        "frontend/manage/reminders_form.html",
        {
            "form": form,
            "heading": organisation.name,
            "caption": _("How this organisation is looked after"),
            "button": _("Save"),
        },
        status=status,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def add_days(request: HttpRequest) -> HttpResponse:
    """The place keeps a holiday, or a period before an election."""
    actor = actor_of(request)
    require(actor, "place.keep_dates")
    form = DaysForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = dict(form.cleaned_data)
            try:
                directory_services.add_place_date(
                    actor=actor, **{**said, "ends_on": said["ends_on"] or said["starts_on"]}
                )
            except Invalid as error:
                form.refuse(error)
            else:
                messages.success(request, _("These days are kept."))
                return redirect("manage-reminders")
    return render(
        request,
        "frontend/manage/reminders_form.html",
        {
            "form": form,
            "heading": _("Add days on which mail rests"),
            "intro": _(
                "Before an election, public bodies hold back what could be read as promotion. Nothing goes to people "
                "who follow without an account then; work between partners goes on."
            ),
            "button": _("Add these days"),
        },
        status=status,
    )


@signed_in
@require_http_methods(GET_OR_POST)
def remove_days(request: HttpRequest, number: int) -> HttpResponse:
    """These days are days like others."""
    actor = actor_of(request)
    require(actor, "place.keep_dates")
    found = directory.find_place_date(number)
    if request.method == "POST":
        try:
            directory_services.remove_place_date(actor=actor, place_date=found)
        except Conflict as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Mail goes on these days as on others."))
        return redirect("manage-reminders")
    return render(request, "frontend/manage/days_remove.html", {"days": found})
