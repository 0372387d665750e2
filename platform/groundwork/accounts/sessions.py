"""Sessions in the database, as Django keeps them, that say so when they end."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.db import transaction

from groundwork.accounts import registry
from groundwork.clock import now


class SessionStore(DatabaseSessions):
    """Whoever ends a session of a person ends their open connections with it, in one transaction (promises S5, S10)."""

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is None:
            return
        with transaction.atomic():
            ended = Session.objects.filter(session_key=key, expire_date__gt=now()).first()
            super().delete(key)
            person_id = ended.get_decoded().get(SESSION_KEY) if ended else None
            if person_id is not None:
                registry.tell_access_ended([int(person_id)])
