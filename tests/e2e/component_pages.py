"""Pages for the tests alone: every component and every kind of field, as real pages use them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from frontend import forms

HERE = Path(__file__).parent / "pages"
BLOCKS = ("Shared vision", "Trusted leadership", "Data and evidence")
AREAS = (("Rochford", 2, 3, 4), ("Harlow", 1, 0, 0), ("Epping Forest", 1, 1, 1), ("Southend-on-Sea", 3, 4, 9))


class Filter(forms.Form):
    marks_optional = False
    words = forms.CharField(required=False, label="Words", widget=forms.SearchInput())
    block = forms.MultipleChoiceField(
        required=False, label="Building block", choices=[(b, b) for b in BLOCKS], widget=forms.Checkboxes(small=True)
    )
    area = forms.ChoiceField(required=False, label="Area", choices=[("", "Any area"), ("r", "Rochford")])


class Everything(forms.Form):
    title = forms.CharField(max_length=40, help_text="A name people recognise")
    funding = forms.DecimalField(required=False, widget=forms.TextInput(width=10, prefix="£"))
    summary = forms.LongTextField(max_length=50, help_text="Plain words")
    start = forms.DateField(label="Start date", help_text="For example, 27 3 2027")
    stage = forms.ChoiceField(choices=[("i", "Idea"), ("a", "Active")], widget=forms.Radios(hints={"i": "Not agreed"}))
    blocks = forms.MultipleChoiceField(
        choices=[(b, b) for b in (*BLOCKS, "None of these")], widget=forms.Checkboxes(exclusive=["None of these"])
    )
    password = forms.CharField(widget=forms.PasswordInput(new=True))
    paper = forms.FileField(required=False)
    agreed = forms.BooleanField(label="I have checked this", help_text="Take a minute")


def form(request: HttpRequest) -> HttpResponse:
    filled = Everything(request.POST, request.FILES) if request.method == "POST" else Everything()
    if filled.is_bound and filled.is_valid():
        messages.success(request, "It is saved")
        filled = Everything()
    return HttpResponse(
        engines["django"].from_string((HERE / "form.html").read_text()).render({"form": filled}, request)
    )


def parts(request: HttpRequest) -> HttpResponse:
    context = {
        "sub": [{"text": "Summary", "href": "/parts/", "current": True}, {"text": "Partners", "href": "/form/"}],
        "words": ["idea", "proposed", "active", "paused", "completed", "ended", "asked", "confirmed", "declined"],
        "steps": [
            {"kind": "Vision", "text": "The Future of Essex", "href": "/parts/"},
            {"kind": "Initiative", "text": "Dementia friendly", "here": True},
            {"kind": "Measure", "missing": True},
        ],
        "blocks": BLOCKS,
        "facts": [{"figure": 12, "label": "initiatives"}, {"figure": 3, "label": "gaps"}],
        "caption": "Initiatives by ambition and building block",
        "corner": "Ambition",
        "columns": [{"text": b, "href": "/parts/"} for b in BLOCKS],
        "rows": [
            {
                "text": f"Ambition {n}",
                "href": "/parts/",
                "cells": [{"value": v, "href": "/parts/"} for v in (n, 0, 6 - n)],
                "total": 6,
            }
            for n in range(7)
        ],
        "most": 6,
        "many": "initiatives",
        "totals": True,
        "tiles": [
            {"name": n, "row": r, "column": c, "count": k, "href": "/parts/", "current": n == "Rochford"}
            for n, r, c, k in AREAS
        ],
        "filter_form": Filter(),
        "selected": [{"text": "Rochford", "href": "/parts/"}],
        "page_obj": Paginator(range(1000), 25).page(7),
        "items": [{"title": "Published", "when": date(2026, 11, 2), "by": "Priya Shah", "text": "Now open."}],
        "tasks": [
            {"title": "About", "href": "/form/", "status": "completed"},
            {"title": "Partners", "href": "/form/", "hint": "Who else", "status": "needs_information"},
            {"title": "Check", "status": "cannot_start"},
        ],
        "table_columns": [{"text": "Organisation"}, {"text": "Role"}, {"text": "Funding", "numeric": True}],
        "table_rows": [{"cells": [{"text": "Rochford", "href": "/parts/"}, {"text": "lead"}, {"text": None}]}],
    }
    return HttpResponse(engines["django"].from_string((HERE / "parts.html").read_text()).render(context, request))


urlpatterns = [path("form/", form), path("parts/", parts)]
handler404 = "frontend.pages.errors.not_found"
handler500 = "frontend.pages.errors.server_error"
