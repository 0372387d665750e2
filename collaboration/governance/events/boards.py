"""What happens to partnership boards and their seats, as other rooms hear of it."""

from __future__ import annotations

from groundwork.events.registry import Event


class PartnershipMade(Event, name="partnership.made"):
    board_id: int


class PartnershipChanged(Event, name="partnership.changed"):
    """Something about it changed: its status too. ``fields`` are the names of what did, as the audit log has them."""

    board_id: int
    version: int
    fields: list[str]


class PartnershipClosed(Event, name="partnership.closed"):
    """It is over. ``seat_ids`` are the seats that ended with it."""

    board_id: int
    version: int
    seat_ids: list[int]


class SeatAdded(Event, name="seat.added"):
    board_id: int
    seat_id: int


class SeatEnded(Event, name="seat.ended"):
    board_id: int
    seat_id: int


class SeatFilled(Event, name="seat.filled"):
    """Somebody was named as the member, or as a deputy."""

    board_id: int
    seat_id: int
    holder_id: int


class SeatLeft(Event, name="seat.left"):
    """The organisation ended what somebody did on its seat."""

    board_id: int
    seat_id: int
    holder_id: int


class SeatAskedFor(Event, name="seat.asked_for"):
    """Those who keep the board ask the organisation to fill its vacant seat."""

    board_id: int
    seat_id: int


class ChairNamed(Event, name="chair.named"):
    """The chair or the vice-chair belongs to a seat for a term."""

    board_id: int
    term_id: int
