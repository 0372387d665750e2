"""Django's settings, split by topic; each topic reads the typed environment and nothing else.

No ``__all__`` here: the tests' settings take everything over with a star.
"""

# ruff: noqa: E402, F403
from goldenthread.settings.environment import ROOT as ROOT
from goldenthread.settings.environment import Environment, read

ENVIRONMENT: Environment = read()

from goldenthread.settings.api import *
from goldenthread.settings.apps import *
from goldenthread.settings.boards import *
from goldenthread.settings.logs import *
from goldenthread.settings.pages import *
from goldenthread.settings.security import *
from goldenthread.settings.signing_in import *
from goldenthread.settings.storage import *
from goldenthread.settings.work import *
from goldenthread.settings.workshops import *
