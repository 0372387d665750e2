"""What people can do straight from a mail, a module per noun: one act on one thing, on a page with one button.

A new act is a function with :func:`~notifications.mail_acts.registry.mail_act` in one of these modules: it says what
the page shows and what its button does. Mail gets the address of that page from
:func:`notifications.services.mail_acts.link`.
"""

from notifications.mail_acts import actions, initiatives, partners  # noqa: F401 - importing registers them
