"""Writing the audit log, bringing it into its chain, and looking whether the chain holds."""

from groundwork.audit.services.keeping import differences, forget_words, keep, keep_many

__all__ = ["differences", "forget_words", "keep", "keep_many"]
