"""Labels as a source prints them, made safe to keep."""

from __future__ import annotations

import json
from typing import Any, Final

from django.utils.translation import gettext as _

from collaboration.initiatives.columns import LABELS
from collaboration.initiatives.services import cleaning
from collaboration.initiatives.services.cleaning import Problems

LONGEST: Final = 20_000
"""Characters of all labels of one record together."""
MOST: Final = 200


def cleaned_labels(labels: Any, problems: Problems) -> dict[str, Any]:
    """A list of labels, or labels by the name a source gives them: texts, lists of texts, numbers, yes or no, null."""
    if isinstance(labels, list | tuple):
        kept = [each for each in _texts(labels, problems) if each]
        return {LABELS: kept} if kept else {}
    if not isinstance(labels, dict):
        problems.add("original_labels", _("The original labels must be a list, or labels by name."))
        return {}
    if len(labels) > MOST or len(json.dumps(labels, default=str)) > LONGEST:
        problems.add("original_labels", _("The original labels are too long. Keep the important ones."))
        return {}
    kept_by_name: dict[str, Any] = {}
    for name, value in labels.items():
        if isinstance(value, list):
            clean: Any = _texts(value, problems)
        elif value is None or isinstance(value, bool | int | float):
            clean = value
        else:
            clean = _text(value, problems)
        kept_by_name[_text(name, problems)] = clean
    return kept_by_name


def _texts(values: list[Any] | tuple[Any, ...], problems: Problems) -> list[str]:
    if len(values) > MOST:
        problems.add("original_labels", _("Give no more than %(most)s labels.") % {"most": MOST})
        return []
    return [_text(value, problems) for value in values]


def _text(value: Any, problems: Problems) -> str:
    return cleaning.text(
        value, field="original_labels", label=_("A label"), longest=1000, problems=problems, lines=True
    )
