"""Kinds of mail, a module per noun: what happened, who is told, why, and in which words.

A new kind is a :class:`~notifications.kinds.registry.Kind`, a pair of templates ``mail/<template>.html`` and ``.txt``,
and a handler that says who reads it. ``handlers.py`` imports every module listed here.
"""
