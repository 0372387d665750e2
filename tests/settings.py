"""The settings of the tests: the product's own, with data in a folder that is removed at the end."""

import atexit
import os
import shutil
import tempfile
from uuid import uuid4

_folder = tempfile.mkdtemp(prefix="goldenthread-tests-")
_owner = os.getpid()


def _remove() -> None:
    # A forked child must not take the folder away from its parent.
    if os.getpid() == _owner:
        shutil.rmtree(_folder, ignore_errors=True)


atexit.register(_remove)
os.environ["GOLDENTHREAD_MODE"] = "test"
os.environ["DATA_DIR"] = _folder

from goldenthread.settings import *  # noqa: E402, F403

# Nothing takes messages here; tests relay the outbox themselves, with the fixture `drain`.
EVENTS_WAKE = False

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in the product: Django's in-memory database shares one cache between threads and locks differently.
    DATABASES["default"]["TEST"] = {"NAME": f"{_folder}/test.sqlite3"}  # noqa: F405

cache_space = [""]
"""What each cache key of the running test begins with: no test meets what another one kept, in Redis neither."""


def forget_cache() -> None:
    """What ``cache.clear()`` would do, for this test alone: in Redis that empties the cache of every other test too,
    just while one of them counts queries."""
    cache_space[0] = uuid4().hex


def cache_key(key: str, key_prefix: str, version: int) -> str:
    return f"{os.getpid()}:{cache_space[0]}:{key_prefix}:{version}:{key}"


for _cache in CACHES.values():  # noqa: F405
    _cache["KEY_FUNCTION"] = "tests.settings.cache_key"
