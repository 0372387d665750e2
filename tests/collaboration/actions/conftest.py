import pytest

from tests.collaboration.initiatives.world import World, build


@pytest.fixture
def world(db: None) -> World:
    return build()
