"""The forms of the plain board: those acts that need words or a choice. The engine judges what is written in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collaboration.boards.engine import limits
from collaboration.boards.outline import Column, Group, Item, Note
from frontend import forms
from frontend.pages.joining_in.acts import Asked
from frontend.pages.joining_in.looking import Look

FEW = 6
"""Up to so many columns are shown as radios: one tap on a phone."""

PATTERNS: Final = (
    ("", gettext_lazy("Plain")),
    *((str(number), f"{letter}") for number, letter in enumerate("ABCDEFGH")),
)
"""A note's pattern and the letter that goes with it, so that colour never carries a meaning alone."""

SORTS: Final = (
    ("action", gettext_lazy("An action")),
    ("initiative", gettext_lazy("A draft of an initiative")),
    ("measure", gettext_lazy("An idea for a measure")),
    ("risk", gettext_lazy("A risk")),
)


def short(words: str) -> str:
    """Enough of a note to know it by, in a list."""
    return Truncator(" ".join(words.split())).chars(80)


class BoardForm(forms.Form):
    """A form about the board. Each has ids of its own: several stand on one page."""

    def __init__(self, look: Look, target: str = "", data: Any = None, initial: Any = None, *, name: str = "") -> None:
        identifier = f"{name}-{target}" if target else name
        super().__init__(data, initial=initial, auto_id=f"{identifier}-%s")
        self.look, self.target = look, target
        self.fit()

    def fit(self) -> None:
        """Fill in what hangs on the board: columns to choose from, who is there."""

    def choose(self, field: str, choices: Iterable[tuple[str, Any]]) -> None:
        self.fields[field].choices = list(choices)  # type: ignore[attr-defined]

    def choose_column(self, field: str) -> None:
        columns = self.look.board.columns
        few = len(columns) <= FEW
        self.fields[field].widget = forms.Radios() if few else forms.Select()
        self.choose(field, ([] if few else [("", "")]) + [(column.id, column.title) for column in columns])
        if len(columns) == 1:
            self.fields[field].widget = forms.HiddenInput()
            self.fields[field].initial = columns[0].id


def _column() -> Any:
    return forms.ChoiceField(
        label=gettext_lazy("Column"), error_messages={"required": gettext_lazy("Choose the column of the note")}
    )


def _words(label: Any, *, longest: int, rows: int = 3, required: Any, hint: Any = "") -> Any:
    return forms.LongTextField(
        label=label, help_text=hint, max_length=longest, rows=rows, error_messages={"required": required}
    )


class WriteForm(BoardForm):
    column = _column()
    text = _words(
        gettext_lazy("Your note"), longest=limits.LONGEST_NOTE, required=gettext_lazy("Write something first.")
    )
    pattern = forms.ChoiceField(label=gettext_lazy("Pattern of the note"), choices=PATTERNS, required=False)

    def fit(self) -> None:
        self.choose_column("column")


class PaperForm(BoardForm):
    column = _column()
    text = _words(
        gettext_lazy("What is on the paper"),
        longest=limits.LONGEST_NOTE,
        required=gettext_lazy("Write something first."),
    )
    whose = forms.ChoiceField(label=gettext_lazy("Whose note it is, if they are here"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Or the name of somebody without a device"),
        max_length=limits.LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}, width=20),
    )

    def fit(self) -> None:
        self.choose_column("column")
        if self.look.board.rules.names == "hidden":
            del self.fields["whose"], self.fields["name"]
        else:
            people = [(key, f"{name}, {body}" if body else name) for key, name, body in self.look.people]
            self.choose("whose", [("", _("Nobody’s: a note of the room")), *people])


class EditForm(BoardForm):
    text = _words(
        gettext_lazy("The note"), longest=limits.LONGEST_NOTE, required=gettext_lazy("Write something first.")
    )
    pattern = forms.ChoiceField(label=gettext_lazy("Pattern of the note"), choices=PATTERNS, required=False)


class MoveForm(BoardForm):
    into = forms.ChoiceField(label=gettext_lazy("Move to"))
    place = forms.ChoiceField(
        label=gettext_lazy("Where in it"),
        choices=[("last", gettext_lazy("To the end")), ("first", gettext_lazy("To the beginning"))],
        initial="last",
        widget=forms.Radios(inline=True),
    )

    def fit(self) -> None:
        self.choose_column("into")
        self.fields["into"].error_messages["required"] = _("Choose where to move it")


class OtherForm(BoardForm):
    """Which other note or group: to group with, or to merge into."""

    other = forms.ChoiceField(label=gettext_lazy("Which one"))

    def fit(self) -> None:
        this = self.look.board.find(self.target)
        offered = [
            (column.title, options)
            for column in self.look.board.columns
            if (options := [(item.id, _named(item)) for item in self.fitting(column, this)])
        ]
        self.fields["other"].choices = [("", ""), *offered]  # type: ignore[attr-defined]
        self.fields["other"].error_messages |= {
            "required": _("Choose which one"),
            "invalid_choice": _("That one is not there any more. Choose another one."),
        }

    def fitting(self, column: Column, this: Item | None) -> list[Item]:
        within = {note.id for note in this.notes} if isinstance(this, Group) else set()
        found: list[Item] = [item for item in column.items if isinstance(item, Group) or item.shown]
        if isinstance(this, Group):
            found = [item for item in found if not isinstance(item, Group)]
        return [item for item in found if item.id != self.target and item.id not in within]


class MergeForm(OtherForm):
    def fitting(self, column: Column, this: Item | None) -> list[Item]:
        found: list[Item] = list(column.groups) if isinstance(this, Group) else [n for n in column.notes() if n.shown]
        return [item for item in found if item.id != self.target]


def _named(item: Item) -> str:
    return _("Group: %(title)s") % {"title": short(item.title)} if isinstance(item, Group) else short(item.text)


class TitleForm(BoardForm):
    title = forms.CharField(label=gettext_lazy("Name of the group"), max_length=limits.LONGEST_TITLE, required=False)


class Ticked(forms.MultipleChoiceField):
    """Notes of a suggestion. What has become of them meanwhile, the form and the engine say; the choice is not asked,
    because a form that comes twice comes when its notes are no suggestion any more."""

    def valid_value(self, value: Any) -> bool:
        return True


class GatherForm(BoardForm):
    """Notes that say nearly the same: which of them become a group, or join one."""

    act, fewest = "gather", 2
    notes = Ticked(label=gettext_lazy("Which notes"), widget=forms.Checkboxes(small=True))
    title = forms.CharField(label=gettext_lazy("Name of the group"), max_length=limits.LONGEST_TITLE, required=False)

    def fit(self) -> None:
        found = self.look.suggestions.get(self.target)
        self.fields["notes"].error_messages["required"] = self.too_few()
        if found is None:
            # What is no suggestion any more has no boxes on the page for a sentence to lead to.
            self.fields["notes"].required = False
            return
        self.choose("notes", [(note.id, note.text) for note in found.notes])
        self.fields["notes"].widget.hints = {note.id: said_by(note) for note in found.notes}
        self.fields["notes"].initial = [note.id for note in found.notes]
        if "title" in self.fields:
            self.fields["title"].initial = short(found.closest.text)

    def too_few(self) -> str:
        sentence = ngettext("Tick at least %(number)d note.", "Tick at least %(number)d notes.", self.fewest)
        return sentence % {"number": self.fewest}

    def clean(self) -> None:
        if "notes" not in self.cleaned_data:
            return
        ticked = self.cleaned_data["notes"]
        if len(ticked) < self.fewest:
            self.add_error("notes" if self.fields["notes"].required else None, self.too_few())
        elif not self.taken().isdisjoint(ticked):
            self.add_error(None, _("Some of these notes were grouped in the meantime. Look again, and tick anew."))

    def taken(self) -> set[str]:
        """Notes that stand in another group by now. None where this very form has come before and put them there."""
        board = self.look.board
        if isinstance(board.find(self.made()), Group):
            return set()
        groups = [item for item in board.items() if isinstance(item, Group) and item.id != self.target]
        return {note.id for group in groups for note in group.notes}

    def made(self) -> str:
        """The id of the group that this very form made, if it has come before."""
        return Asked(self.act, self.target, {}, self.data, self.look.board).made("thing")  # type: ignore[arg-type]


class GatherIntoForm(GatherForm):
    act, fewest = "gather-into", 1
    title = None  # type: ignore[assignment]


def said_by(note: Note) -> str:
    """Who wrote a note, as far as it is told, and whether it came from paper."""
    parts = [", ".join(part for part in (note.name, note.organisation) if part), _("From paper.") if note.paper else ""]
    return " ".join(part for part in parts if part)


class RoomForm(BoardForm):
    count = forms.IntegerField(
        label=gettext_lazy("Tally for the room"),
        help_text=gettext_lazy(
            "How many hands went up. It is shown when the votes are, beside them and never added to them."
        ),
        min_value=0,
        max_value=limits.MOST_ROOM_VOTES,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}, width=5),
    )


class CommentForm(BoardForm):
    text = _words(
        gettext_lazy("Your comment"), longest=limits.LONGEST_COMMENT, required=gettext_lazy("Write something first.")
    )


class ActionForm(BoardForm):
    what = _words(
        gettext_lazy("What is to be done"),
        longest=limits.LONGEST_ACTION,
        required=gettext_lazy("Write what is to be done"),
    )
    who = forms.CharField(label=gettext_lazy("Who does it"), max_length=limits.LONGEST_NAME, required=False)
    due = forms.DateField(
        label=gettext_lazy("By when"), what=gettext_lazy("The day by which it is done"), required=False
    )
    sort = forms.ChoiceField(label=gettext_lazy("What it becomes"), choices=SORTS, required=False)
    source = forms.CharField(required=False, widget=forms.HiddenInput())

    def fit(self) -> None:
        if not self.look.facilitates:
            del self.fields["sort"]


class ColumnForm(BoardForm):
    title = forms.CharField(
        label=gettext_lazy("Title of the column"),
        max_length=limits.LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Write the title of the column")},
    )
    prompt = forms.CharField(
        label=gettext_lazy("Question or hint under it"), max_length=limits.LONGEST_PROMPT, required=False
    )


class WordsForm(BoardForm):
    title = forms.CharField(
        label=gettext_lazy("Title on the board"),
        max_length=limits.LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Write a title")},
    )
    prompt = forms.LongTextField(
        label=gettext_lazy("The question"), max_length=limits.LONGEST_PROMPT, rows=3, required=False
    )


class TimerForm(BoardForm):
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=1,
        max_value=limits.LONGEST_TIMER // 60,
        initial=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}, width=3),
        error_messages={
            "required": gettext_lazy("Write for how many minutes"),
            "invalid": gettext_lazy("Minutes must be a whole number, like 10"),
        },
    )


class RulesForm(BoardForm):
    names = forms.ChoiceField(
        label=gettext_lazy("Names on notes"),
        choices=[("shown", gettext_lazy("Shown")), ("hidden", gettext_lazy("Hidden from everybody, for good"))],
        widget=forms.Radios(),
    )
    budget = forms.IntegerField(
        label=gettext_lazy("Votes for each person"),
        min_value=1,
        max_value=limits.MOST_BUDGET,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}, width=3),
    )
    most = forms.IntegerField(
        label=gettext_lazy("The most votes of one person on one item"),
        min_value=1,
        max_value=limits.MOST_BUDGET,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}, width=3),
    )
    totals = forms.ChoiceField(
        label=gettext_lazy("Totals while people vote"),
        choices=[("hidden", gettext_lazy("Hidden until voting ends")), ("shown", gettext_lazy("Shown"))],
        widget=forms.Radios(),
    )
    grouping = forms.ChoiceField(
        label=gettext_lazy("Who groups notes"),
        choices=[("everyone", gettext_lazy("Everybody")), ("facilitator", gettext_lazy("Facilitators only"))],
        widget=forms.Radios(),
    )


FORMS: Final[Mapping[str, Callable[..., BoardForm]]] = {
    "write": WriteForm,
    "paper": PaperForm,
    "edit": EditForm,
    "move": MoveForm,
    "group": OtherForm,
    "merge": MergeForm,
    "several": TitleForm,
    "gather": GatherForm,
    "gather-into": GatherIntoForm,
    "name": TitleForm,
    "split": TitleForm,
    "room": RoomForm,
    "comment": CommentForm,
    "edit-comment": CommentForm,
    "propose": ActionForm,
    "edit-action": ActionForm,
    "add-column": ColumnForm,
    "edit-column": ColumnForm,
    "words": WordsForm,
    "timer": TimerForm,
    "rules": RulesForm,
}
"""The form of each act that has one; all others are a button."""


def make(name: str, look: Look, target: str = "", data: Any = None, initial: Any = None) -> BoardForm:
    return FORMS[name](look, target, data, initial, name=name)
