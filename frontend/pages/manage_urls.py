"""Addresses of the pages for those who look after the product, and of the demo's mailbox."""

from django.urls import URLPattern, path

from frontend.pages import mailbox, manage

urlpatterns: list[URLPattern] = [
    path("manage/mail/", manage.mail_page, name="manage-mail"),
    path("manage/mail/<uuid:message_id>/resend/", manage.resend, name="manage-mail-resend"),
    path("manage/outbox/", manage.outbox_page, name="manage-outbox"),
    path("manage/outbox/<uuid:event_id>/retry/", manage.retry, name="manage-outbox-retry"),
    path("manage/catalogue/", manage.catalogue_page, name="manage-catalogue"),
    # These answer 404 unless this is a demo (notifications.queries.mailbox).
    path("demo/mail/", mailbox.mailbox, name="demo_mail"),
    path("demo/mail/<uuid:message_id>/", mailbox.letter, name="demo-letter"),
    path("demo/mail/<uuid:message_id>/html/", mailbox.letter_html, name="demo-letter-html"),
]
