"""The forms with which a succession is planned."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend import forms
from groundwork.directory import queries as directory

KINDS = (
    ("merge", gettext_lazy("A merger: several become one new one")),
    ("take_over", gettext_lazy("A take-over: one that exists goes on with what others had")),
    ("split", gettext_lazy("A split: one becomes several, or a part of it leaves")),
    ("replacement", gettext_lazy("A replacement: several become several others")),
    ("rename", gettext_lazy("A rename: the same one under another name")),
)


class WhenAndWhy(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("What is this change called?"),
        help_text=gettext_lazy("For example: New councils in the north."),
        max_length=200,
    )
    effective_on = forms.DateField(
        label=gettext_lazy("The day from which it holds"),
        help_text=gettext_lazy("It takes effect at midnight, when that day begins. For example 1 4 2028."),
        what=gettext_lazy("The day"),
    )
    reason = forms.LongTextField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The order or decision behind it. Readers see this."),
        max_length=2000,
    )


class Begin(WhenAndWhy):
    of = forms.ChoiceField(
        label=gettext_lazy("What changes?"),
        choices=[("organisation", gettext_lazy("Organisations")), ("area", gettext_lazy("Areas"))],
        widget=forms.Radios,
    )
    kind = forms.ChoiceField(label=gettext_lazy("What kind of change is it?"), choices=KINDS, widget=forms.Radios)
    field_order = ("of", "kind", "title", "effective_on", "reason")


class Change(WhenAndWhy):
    is_announced = forms.BooleanField(
        label=gettext_lazy("Say on public pages that this is planned"),
        help_text=gettext_lazy("Until then only officers and the organisations it concerns know of it."),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class Cancel(forms.Form):
    reason = forms.LongTextField(label=gettext_lazy("Why it will not happen"), max_length=500, rows=3)


class _Taking(forms.Form):
    """Who takes over; the fields that a plan of this sort does not need are left out."""

    # Which of them are needed follows from the others: a service says so.
    marks_optional = False

    existing = forms.ChoiceField(label=gettext_lazy("One that exists"), required=False)
    name = forms.CharField(label=gettext_lazy("Name of the new one"), max_length=200, required=False)
    slug = forms.CharField(
        label=gettext_lazy("Its address here"),
        help_text=gettext_lazy("Small letters, figures and hyphens. Left empty, it is made of the name."),
        max_length=100,
        required=False,
    )

    drop: tuple[str, ...] = ()

    def __init__(self, *args: Any, plan: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        renames = plan.kind == "rename"
        for name in self.drop if renames else ():
            del self.fields[name]
        if plan.kind == "take_over":
            for name in [name for name in self.fields if name not in ("existing", "takes_areas")]:
                del self.fields[name]
        if plan.kind == "merge":
            del self.fields["existing"]
        else:
            field: Any = self.fields["existing"]
            field.choices = [("", _("Choose one")), *things(plan.of)]
        if plan.kind not in ("split", "replacement"):
            self.fields.pop("takes_areas", None)
        if renames:
            self.fields["existing"].label = _("Who is renamed")
            self.fields["name"].label = _("What it is called from that day")


class TakingOrganisation(_Taking):
    abbreviation = forms.CharField(label=gettext_lazy("Its abbreviation"), max_length=30, required=False)
    sector = forms.ChoiceField(label=gettext_lazy("The sector of the new one"), required=False)
    area_code = forms.CharField(
        label=gettext_lazy("Code of the area it serves"),
        help_text=gettext_lazy("Of an area that exists, or that a plan makes by that day."),
        max_length=20,
        required=False,
    )
    takes_areas = forms.MultipleChoiceField(
        label=gettext_lazy("Areas whose work goes to it"),
        help_text=gettext_lazy("Where who has the work now is split. The rest goes to the one that is chosen for it."),
        widget=forms.Checkboxes,
        required=False,
    )
    drop = ("sector", "area_code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "sector" in self.fields:
            sectors = [(each.code, each.title) for each in directory.sectors()]
            self.fields["sector"].choices = [("", _("Choose one")), *sectors]  # type: ignore[attr-defined]
        if "takes_areas" in self.fields:
            self.fields["takes_areas"].choices = [(each.code, each.name) for each in directory.areas()]  # type: ignore[attr-defined]


class TakingArea(_Taking):
    code = forms.CharField(label=gettext_lazy("Its official code"), max_length=20, required=False)
    area_kind = forms.CharField(
        label=gettext_lazy("What kind of area it is"),
        help_text=gettext_lazy("For example: unitary."),
        max_length=40,
        required=False,
    )
    tile_row = forms.IntegerField(
        label=gettext_lazy("Row of its tile on the map"),
        required=False,
        widget=forms.TextInput(width=4, attrs={"inputmode": "numeric"}),
    )
    tile_column = forms.IntegerField(
        label=gettext_lazy("Column of its tile"),
        required=False,
        widget=forms.TextInput(width=4, attrs={"inputmode": "numeric"}),
    )
    drop = ("code", "area_kind", "tile_row", "tile_column")


class Replaced(forms.Form):
    slug = forms.ChoiceField(label=gettext_lazy("Who is replaced"))
    goes_to = forms.MultipleChoiceField(label=gettext_lazy("Who takes over from it"), widget=forms.Checkboxes)
    default = forms.ChoiceField(
        label=gettext_lazy("Who takes what nothing else decides"),
        help_text=gettext_lazy("Where several take over: single things can be given to another one afterwards."),
        required=False,
    )

    def __init__(self, *args: Any, plan: Any, successors: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["slug"].choices = [("", _("Choose one")), *things(plan.of)]
        heirs = [(str(each.pk), each.name) for each in successors]
        fields["goes_to"].choices = heirs
        if len(heirs) > 1:
            fields["default"].choices = [("", _("The first of them")), *heirs]
        else:
            del self.fields["default"]
            if heirs:
                self.initial.setdefault("goes_to", [heirs[0][0]])


def things(of: str) -> list[tuple[str, str]]:
    """The organisations, without groups, or the areas of today, to choose from."""
    if of == "area":
        return [(each.slug, each.name) for each in directory.areas()]
    return [(each.slug, each.name) for each in directory.organisations().filter(is_group=False)]
