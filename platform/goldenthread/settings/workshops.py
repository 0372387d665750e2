"""How long workshops are kept (promise U14): see docs/how-to/operate.md, “Workshops: what is kept”."""

from goldenthread.settings import ENVIRONMENT

WORKSHOP_KEPT_MONTHS = ENVIRONMENT.workshop_kept_months
# After its report a workshop is archived by itself; what lets guests come back, and their addresses, go after that.
WORKSHOP_ARCHIVED_DAYS = 180
WORKSHOP_GUESTS_DAYS = 30
