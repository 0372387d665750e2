"""The way in for HTTP and WebSocket."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

# Django is made ready here: what is imported below stands on its models.
pages = get_asgi_application()

from goldenthread.bodies import LimitedBodies  # noqa: E402
from goldenthread.proxies import TrustedProxies  # noqa: E402
from goldenthread.sockets import sockets  # noqa: E402

application = TrustedProxies(
    # Which pages may open a socket is asked by the sockets themselves: a program with a ticket has no page.
    ProtocolTypeRouter({"http": LimitedBodies(pages), "websocket": sockets}),
    count=settings.ENVIRONMENT.trusted_proxy_count,
)

# What was loaded by now never goes: the collector of cycles is to leave it alone, and to look less often. Otherwise a
# hall of phones that comes in makes it walk through all of Django again and again, a quarter of what they cost.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
