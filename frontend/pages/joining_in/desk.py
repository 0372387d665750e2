"""How a plain page of the board takes a form and answers it: performed and led on, or refused with nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from collaboration.boards import services
from frontend.pages.joining_in import board_forms, paging, words
from frontend.pages.joining_in.acts import ACTS, Asked, new_mark
from frontend.pages.joining_in.board_forms import BoardForm
from frontend.pages.joining_in.here import WRITTEN, Here
from frontend.pages.joining_in.looking import Look, look

HOME_AFTER: Final = frozenset(
    {"delete", "move", "group", "merge", "apart", "delete-column", "delete-action", "several", "restore"}
)
"""Acts after which there is nothing left to do on the page of what they were about."""
_OF_THE_TEXT: Final = ("text_", "erased")
_UNSEEN: Final = ("text_control", "text_direction", "text_broken")
"""Refusals because of something that nobody can see in the box to take it out."""
_NOT_TYPED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that was not performed: why, and what it held."""

    name: str
    target: str
    sentence: str
    status: int
    form: BoardForm | None
    written: tuple[str, ...]
    mark: str


@dataclass(kw_only=True)
class Desk:
    """One plain page while it is made. ``shown`` holds the forms that the page asked for."""

    request: HttpRequest
    here: Here
    look: Look
    refusal: Refusal | None = None
    shown: list[BoardForm] = field(default_factory=list)

    def form(self, name: str, target: str = "", **initial: Any) -> BoardForm:
        """The form of an act: as it was sent, if it was refused; a fresh one otherwise."""
        no = self.refusal
        if no is not None and no.form is not None and (no.name, no.target) == (name, target):
            found = no.form
        else:
            found = board_forms.make(name, self.look, target, initial=initial)
        self.shown.append(found)
        return found

    @property
    def home(self) -> str:
        """The address of the board in plain forms."""
        return reverse("board-simple", args=[self.here.workshop.code])

    def render(self, template: str, **context: Any) -> HttpResponse:
        no, seen, workshop = self.refusal, self.look, self.here.workshop
        in_form = no is not None and no.form in self.shown
        done = words.DONE.get(self.request.GET.get("done", ""), "") if no is None else ""
        context |= {
            "here": self.here,
            "workshop": workshop,
            "look": seen,
            "board": seen.board,
            "can": seen.can,
            "mark": no.mark if no is not None else new_mark(),
            "now": words.NOW[seen.stage] if seen.role != "observer" else words.WATCHING,
            "done": done,
            "refusal": no,
            "form": no.form if no is not None and in_form else None,
            "kept": no.written if no is not None and not in_form else (),
            "home": self.home,
        }
        return render(self.request, f"frontend/joining_in/{template}", context, status=no.status if no else 200)


Show = Callable[[Desk], HttpResponse]


def serve(request: HttpRequest, here: Here, show: Show) -> HttpResponse:
    """Show a plain page, or perform the form that was sent to it and lead on."""
    seen = look(here)
    if seen is None:
        return redirect("join", here.workshop.code)
    if request.method != "POST":
        return show(Desk(request=request, here=here, look=seen))
    name, _colon, target = request.POST.get("act", "").partition(":")
    no = perform(request, here, seen, name, target)
    if no is None:
        return redirect(_after(request, here, seen, name, target))
    return show(Desk(request=request, here=here, look=look(here) or seen, refusal=no))


def perform(request: HttpRequest, here: Here, seen: Look, name: str, target: str) -> Refusal | None:
    """Do what a form asks for; None when it is kept for good."""
    sent = request.POST
    written = tuple(typed for key in WRITTEN if (typed := _NOT_TYPED.sub("", sent.get(key, "")).strip()))

    def refused(sentence: str, status: int, form: BoardForm | None = None) -> Refusal:
        mark = sent.get("mark", "")
        return Refusal(name, target, sentence, status, form, written, mark if _MARK.fullmatch(mark) else new_mark())

    if name not in ACTS:
        return refused(_("This form could not be understood. Load the page again and send it once more."), 422)
    form = board_forms.make(name, seen, target, data=sent) if name in board_forms.FORMS else None
    if form is not None and not form.is_valid():
        return refused("", 422, form)
    asked = Asked(name, target, form.cleaned_data if form is not None else {}, sent, seen.board)
    answer = services.perform(participation=here.participation, device=here.device, ops=[asked.op()])[0]
    if answer["t"] == "ack":
        return None
    sentence, code = str(answer["sentence"]), str(answer["code"])
    if form is not None:
        of_text = next((key for key in WRITTEN if key in form.fields), None)
        if code in _UNSEEN and of_text is not None:
            sentence = _take_out(form, of_text, sentence)
        form.add_error(of_text if code.startswith(_OF_THE_TEXT) else None, sentence)
    return refused(sentence, 503 if answer["text"] == "kept" else 422, form)


def _take_out(form: BoardForm, field: str, sentence: str) -> str:
    """Show the text again without what cannot be seen in it, so that it can be looked at and sent."""
    form.data = {**form.data.dict(), field: _NOT_TYPED.sub("", form.data[field])}  # type: ignore[attr-defined]
    return (
        sentence + " " + _("It was taken out below: look whether the text still says what you mean, and send it again.")
    )


def _after(request: HttpRequest, here: Here, seen: Look, name: str, target: str) -> str:
    """Where an act leads: to its page again, or to the board when that page has nothing more to offer.

    On the board, to the part of it where one was, or where what was acted on stands.
    """
    said = {"done": name}
    home = reverse("board-simple", args=[here.workshop.code])
    path = home if name in HOME_AFTER else request.path
    if request.path == home:
        said |= {key: request.GET[key] for key in paging.KEPT if request.GET.get(key)}
    elif path == home and target:
        said["at"] = target
        if column := seen.board.column_of(target):
            said["column"] = column.id
    if name in ("write", "paper") and request.POST.get("column"):
        said["column"] = request.POST["column"]
        said.pop("page", None)
    anchor = "write" if name == "write" else f"i-{target}" if target and name != "delete" else ""
    return f"{path}?{urlencode(said)}" + (f"#{anchor}" if anchor else "")
