"""The product's settings on the drill's clock: its minute passes in a second, and so does the beat's."""

from goldenthread.settings import *  # noqa: F403
from tests.goldenthread.mail_faults.state import SPEED

INSTALLED_APPS = [*INSTALLED_APPS, "tests.goldenthread.mail_faults"]  # noqa: F405
CELERY_BEAT_SCHEDULE = {
    "minute": {"task": "goldenthread.tick", "schedule": 60 / SPEED},
    "sweep": {"task": "events.sweep", "schedule": 30 / SPEED},
}
