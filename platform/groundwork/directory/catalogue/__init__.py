"""The directory's sections of a place catalogue, in the order in which they are read and written."""

from groundwork.directory.catalogue import place  # isort: skip
from groundwork.directory.catalogue import calendar  # isort: skip
from groundwork.directory.catalogue import areas  # isort: skip
from groundwork.directory.catalogue import organisations  # isort: skip

__all__ = ["areas", "calendar", "organisations", "place"]
