"""The base of what the API takes."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

MOST_NAMED = 20
"""How many unknown fields of one object are named. To look for the nearest name is slow, and a megabyte holds many."""


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that names every field it does not know, with the nearest it does: nothing is dropped in silence.

    Errors of the fields themselves are told in the same answer.
    """

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown(data) if isinstance(data, Mapping) else {}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if unknown and isinstance(error.detail, dict):
                raise serializers.ValidationError({**error.detail, **unknown}) from error
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    def _unknown(self, data: Mapping[Any, Any]) -> dict[str, list[str]]:
        known = [name for name, field in self.fields.items() if not field.read_only]
        told = [name for name, field in self.fields.items() if field.read_only]
        found: dict[str, list[str]] = {}
        for given in data:
            name = str(given)
            if name in known:
                continue
            if len(found) == MOST_NAMED:
                break
            if name in told:
                sentence = _("“%(name)s” can be read, not written.") % {"name": name}
            else:
                sentence = _("There is no field called “%(name)s”.") % {"name": name[:100]}
                nearest = get_close_matches(name[:100], known, n=1)
                sentence += " " + (
                    _("Did you mean “%(name)s”?") % {"name": nearest[0]}
                    if nearest
                    else _("The fields are: %(names)s.") % {"names": ", ".join(known)}
                )
            found[name[:100]] = [sentence]
        return found
