"""The heart of the live board: pure Python that decides what happens on a board and who may see it.

It knows neither sockets nor databases nor people's names. Whoever holds a board (a hub, a form, the API) does four
things with it: read what came (:mod:`.reading`, :mod:`.ops`), :func:`~.applying.apply` it, commit the
:class:`~.entries.Entry`, and tell each viewer of it through :mod:`.delivery`. The log of entries is the truth; a
:class:`~.state.State` is what folding it gives, kept warm.

``docs/protocol/board.md`` says what goes over the wire.
"""
