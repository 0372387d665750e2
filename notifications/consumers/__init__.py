"""The bell on the wire: how many messages somebody has not read, told to the pages they have open.

A page opens ``/live/me/socket`` while it is looked at, and is told ``{"unread": 3, "words": "3 unread messages",
"short": "3 unread"}``: at once, and whenever the number changes. What the messages say is never told, and what a page
says is never heard.
"""
