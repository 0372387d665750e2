import pytest

from collaboration.boards import pacing
from tests.api import place as places
from tests.api.place import Place


@pytest.fixture
def place(db: None) -> Place:
    return places.place()


@pytest.fixture(autouse=True)
def own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test takes back gives its numbers to the next one: nobody is to wait for somebody of an earlier test."""
    for name in ("_writing", "_looking"):
        monkeypatch.setattr(pacing, name, pacing._Buckets())
