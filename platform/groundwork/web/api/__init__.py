"""The ground of the API: who asks, one shape for errors, strict JSON, cursors, idempotency keys, ETags, the licence.

Views are built on :class:`groundwork.web.api.views.ApiView`; no app writes any of this a second time. See
docs/decisions/0010-api.md.
"""
