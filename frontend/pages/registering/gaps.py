"""Starting from a gap: what nobody does yet is filled in for whoever registers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from collaboration.initiatives.services import registering
from groundwork.access.actors import Actor
from groundwork.directory import queries as directory
from vision.frameworks import queries as frameworks


@dataclass(frozen=True, kw_only=True)
class Gap:
    """An ambition where it meets a building block or an area, as far as the address names them."""

    ambition: Any = None
    block: Any = None
    area: Any = None

    @classmethod
    def named_in(cls, address: QueryDict) -> Gap:
        """Read ``?ambition=…&block=…&area=…``. What does not exist is left out: the page works without it."""
        named = {name: address.get(name, "").replace("\0", "")[:40] for name in ("ambition", "block", "area")}
        return cls(
            ambition=named["ambition"] and frameworks.ambitions().filter(code=named["ambition"]).first(),
            block=named["block"] and frameworks.building_blocks().filter(code=named["block"]).first(),
            area=named["area"] and directory.areas().filter(code=named["area"]).first(),
        )

    def __bool__(self) -> bool:
        return bool(self.ambition or self.block or self.area)

    def fill(self, actor: Actor, draft: Any) -> Any:
        """Put the block and the area into a new draft. Which strand of the ambition it is, only a person can say."""
        if self.block and not draft.alignments.exists():
            draft = registering.save_alignment(
                actor=actor, initiative=draft, version=draft.version, main=[], blocks=[self.block.code]
            )
        if self.area and not draft.areas.exists():
            draft = registering.save_places(
                actor=actor, initiative=draft, version=draft.version, areas=[self.area.code]
            )
        return draft
