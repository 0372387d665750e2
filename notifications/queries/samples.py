"""How each kind of mail looks, with made-up people in it.

These are the files that the tests hold every kind to, so what is shown is what is sent, and nobody's mail is opened to
see it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.errors import NotFound
from groundwork.access.rules import require

FOLDER = Path(settings.ROOT) / "tests" / "notifications" / "golden"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One mail as it was agreed. ``name`` is its kind, after a dash what is particular about this one."""

    name: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str

    @property
    def in_the_dark(self) -> str:
        """The HTML as a reader with a dark screen sees it, on any screen."""
        dark = re.sub(r"@media\s*\(prefers-color-scheme:\s*dark\)", "@media all", self.html)
        return dark.replace("color-scheme: light dark", "color-scheme: dark")

    @property
    def without_pictures(self) -> str:
        """The HTML as a program shows it that fetches no pictures: what stands for them, and no backgrounds."""
        bare = re.sub(r"<img\b[^>]*?\balt=\"([^\"]*)\"[^>]*>", r"\1", self.html)
        return re.sub(r"<img\b[^>]*>|background(?:-image)?:\s*url\([^)]*\);?", "", bare)


def sample_names(*, actor: Actor) -> list[str]:
    """The names of all samples. Officers and operators; empty where they were left out of the installation."""
    require(actor, "mail.manage")
    return sorted(path.stem for path in FOLDER.glob("*.html") if path.with_suffix(".txt").exists())


def all_samples(*, actor: Actor) -> list[Sample]:
    """Every sample, by name."""
    return [_read(name) for name in sample_names(actor=actor)]


def sample(*, actor: Actor, name: str) -> Sample:
    """One sample. Raises :class:`NotFound` when there is none of that name."""
    if name not in sample_names(actor=actor):
        raise NotFound(_("There is no mail of that name."))
    return _read(name)


def _read(name: str) -> Sample:
    head, _blank, text = (FOLDER / f"{name}.txt").read_text("utf-8").partition("\n\n")
    headers = [(key, value) for key, colon, value in (line.partition(": ") for line in head.splitlines()) if colon]
    return Sample(
        name=name,
        subject=dict(headers).get("Subject", name),
        headers=tuple(headers),
        text=text,
        html=(FOLDER / f"{name}.html").read_text("utf-8"),
    )
