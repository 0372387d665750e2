import pytest

from tests.api import place as places
from tests.api.place import Place


@pytest.fixture
def place(db: None) -> Place:
    return places.place()
