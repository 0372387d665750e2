"""Hints between processes: *board B is at seq N*. Never content, never needed for anything to be true.

A hint may be lost, doubled or late, and Redis may be away or emptied: whoever listens asks the database what is so, and
asks it now and then without a hint. See :mod:`.sending` and :mod:`.listening`.
"""

from groundwork.live.listening import Listener, listen
from groundwork.live.sending import hint
from groundwork.live.topics import Topic

__all__ = ["Listener", "Topic", "hint", "listen"]
