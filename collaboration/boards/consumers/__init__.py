"""The live board on the wire: sockets, server-sent events, polling and posting, and the hub that feeds them.

``docs/protocol/board.md`` is what a client reads. A process has one :class:`~.hub.Hub` for each board that somebody
listens to here: it reads every entry once, encodes it once, and gives the same bytes to all who may see the same. Of
each listener it keeps one number, the seq it was given last; whoever reads slowly is behind, and is given what it lacks
when it reads again.

Everything here runs on the event loop and never waits for the database: what must, goes through
:mod:`groundwork.live.threads`.
"""
