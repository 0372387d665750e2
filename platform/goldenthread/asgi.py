"""The way in for HTTP and WebSocket."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")

from channels.routing import ProtocolTypeRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

from goldenthread.bodies import LimitedBodies
from goldenthread.proxies import TrustedProxies
from goldenthread.sockets import no_such_socket

application = TrustedProxies(
    ProtocolTypeRouter(
        {"http": LimitedBodies(get_asgi_application()), "websocket": AllowedHostsOriginValidator(no_such_socket)},
    ),
    count=settings.ENVIRONMENT.trusted_proxy_count,
)
