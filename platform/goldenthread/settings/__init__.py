"""Django's settings, split by topic; each topic reads the typed environment and nothing else."""

from goldenthread.settings.environment import ROOT, read

ENVIRONMENT = read()

from goldenthread.settings.apps import *  # noqa: E402, F403
from goldenthread.settings.pages import *  # noqa: E402, F403
from goldenthread.settings.security import *  # noqa: E402, F403
from goldenthread.settings.storage import *  # noqa: E402, F403
from goldenthread.settings.work import *  # noqa: E402, F403

__all__ = ["ENVIRONMENT", "ROOT"]
