"""Who may do what with partnership boards, as sentences: see the modules, named by what is acted on."""

from collaboration.governance.rules import decisions, meetings, minutes, partnerships, recommendations

__all__ = ["decisions", "meetings", "minutes", "partnerships", "recommendations"]
