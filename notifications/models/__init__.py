"""Outgoing mail, whom digests go to and what they follow, what was reminded, and addresses that mail rests for."""

from notifications.models.asking import FollowAsk
from notifications.models.choosing import Choice, Seen, Topic
from notifications.models.outgoing import OutgoingMessage, mail_host
from notifications.models.packs import BoardPack, PackChoice
from notifications.models.reminding import Care, Reminded
from notifications.models.resting import RestingAddress
from notifications.models.subscribing import Digest, Follow, Frequency, Subscriber

__all__ = [
    "BoardPack",
    "Care",
    "Choice",
    "Digest",
    "Follow",
    "FollowAsk",
    "Frequency",
    "OutgoingMessage",
    "PackChoice",
    "Reminded",
    "RestingAddress",
    "Seen",
    "Subscriber",
    "Topic",
    "mail_host",
]
