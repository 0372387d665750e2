"""The forms of an import. They check shape; the services decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import FileInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontend import forms
from frontend.pages.importing import words
from groundwork.sheets.reading import MOST_BYTES, MOST_LINES

LEAVE_OUT = ""
"""The choice for a column that the import passes over."""

MEGABYTE = 1_000_000
LONGEST_NAME = 200


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Your spreadsheet"),
        widget=FileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose the file that you want to import."),
            "empty": gettext_lazy("This file is empty. Choose one with a line of headings and at least one more line."),
            "missing": gettext_lazy("Choose the file that you want to import."),
            "invalid": gettext_lazy("The file did not arrive. Choose it again."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "CSV or Excel (.xlsx), up to %(megabytes)s MB and %(lines)s lines. Nothing is imported before you "
            "have seen what would happen."
        ) % {"megabytes": MOST_BYTES // MEGABYTE, "lines": f"{MOST_LINES:,}"}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(too_large())
        file.name = file.name[-LONGEST_NAME:]
        return file


def too_large() -> str:
    """What to do about a file that is more than is taken."""
    return _(
        "This file is larger than %(megabytes)s MB. Save only the sheet you need as CSV, or split it into "
        "several files."
    ) % {"megabytes": MOST_BYTES // MEGABYTE}


class ColumnsForm(forms.Form):
    """One select for each heading of the file: what it means."""

    marks_optional = False

    def __init__(
        self,
        *args: Any,
        headers: Sequence[str],
        mapping: Mapping[int, str],
        sheets: Sequence[str] = (),
        sheet: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headers = headers
        if len(sheets) > 1:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Which sheet of the workbook?"),
                choices=[(name, name) for name in sheets],
                initial=sheet,
            )
        choices = [(LEAVE_OUT, _("Leave this column out")), *words.COLUMNS.items()]
        for index, header in enumerate(headers):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=_("What “%(heading)s” means") % {"heading": header or heading_without_words(index)},
                choices=choices,
                required=False,
                initial=mapping.get(index, LEAVE_OUT),
                error_messages={"invalid_choice": _("Choose what this column means from the list.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen: dict[str, int] = {}
        for index in range(len(self.headers)):
            meaning = cleaned.get(f"column_{index}")
            if not meaning:
                continue
            if meaning in chosen:
                self.add_error(
                    f"column_{index}",
                    _("“%(first)s” and “%(second)s” cannot both be the column “%(meaning)s”. Leave one of them out.")
                    % {
                        "first": self.headers[chosen[meaning]],
                        "second": self.headers[index],
                        "meaning": words.COLUMNS[meaning],
                    },
                )
            else:
                chosen[meaning] = index
        if not self.errors and not {"title", "ref"} & chosen.keys():
            self.add_error(None, _("Say which column holds the title. Without it no line can be understood."))
        return cleaned

    @property
    def mapping(self) -> dict[int, str]:
        """What each column means, those left out not among them."""
        return {
            index: meaning
            for index in range(len(self.headers))
            if (meaning := self.cleaned_data.get(f"column_{index}", LEAVE_OUT))
        }


def heading_without_words(index: int) -> str:
    return _("Column %(number)s, without a heading") % {"number": index + 1}


class ConfirmForm(forms.Form):
    """What becomes of bad lines, and who sees the new ones."""

    def __init__(self, *args: Any, new: int, rejected: int, may_publish: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rejected:
            self.fields["bad"] = forms.ChoiceField(
                label=ngettext(
                    "What about the line that was rejected?",
                    "What about the %(number)s lines that were rejected?",
                    rejected,
                )
                % {"number": f"{rejected:,}"},
                choices=[
                    (
                        "leave_out",
                        ngettext("Leave it out and import the rest", "Leave them out and import the rest", rejected),
                    ),
                    ("fix", _("Import nothing yet: I will put the file right first")),
                ],
                widget=forms.Radios(
                    hints={
                        "leave_out": _("You can download them with the reasons, and import them later."),
                        "fix": _("Nothing is changed. You can upload the file again as often as you like."),
                    }
                ),
                error_messages={
                    "required": _("Choose whether to leave out what was rejected, or to put the file right first.")
                },
            )
        if new and may_publish:
            self.fields["publish"] = forms.ChoiceField(
                label=ngettext("Who may see the new one?", "Who may see the %(number)s new ones?", new)
                % {"number": f"{new:,}"},
                choices=[
                    ("drafts", _("Only our organisation: keep as drafts")),
                    ("partners", _("Partners: publish now for everybody who is signed in for an organisation")),
                    ("public", _("Everyone: publish now")),
                ],
                widget=forms.Radios(
                    hints={
                        "drafts": _("Nobody is told. You complete and publish each when it is ready."),
                        "partners": _("Organisations that are named are asked to confirm their part."),
                        "public": _(
                            "Residents see them at once, and organisations that are named are asked to confirm."
                        ),
                    }
                ),
                error_messages={"required": _("Choose who may see what is new.")},
            )

    @property
    def fixes_first(self) -> bool:
        return self.cleaned_data.get("bad") == "fix"

    @property
    def skips_bad(self) -> bool:
        return self.cleaned_data.get("bad") == "leave_out"

    @property
    def publish(self) -> str:
        """ "" (drafts), "partners" or "public": the word of the service."""
        chosen = self.cleaned_data.get("publish", "drafts")
        return "" if chosen == "drafts" else str(chosen)
