"""Addresses of the pages for those who look after the product, and of the demo's mailbox."""

from django.urls import URLPattern, path

from frontend.pages import audit, mail_care, mail_reports, mailbox, manage

urlpatterns: list[URLPattern] = [
    path("manage/mail/", manage.mail_page, name="manage-mail"),
    path("manage/mail/<uuid:message_id>/resend/", manage.resend, name="manage-mail-resend"),
    path("manage/mail/addresses/", mail_care.addresses, name="manage-mail-addresses"),
    path("manage/mail/addresses/<int:pk>/try-again/", mail_care.try_address_again, name="manage-mail-try-again"),
    path("manage/mail/preview/", mail_care.previews, name="manage-mail-previews"),
    path("manage/mail/preview/<str:name>/", mail_care.preview, name="manage-mail-preview"),
    path("manage/mail/preview/<str:name>/html/", mail_care.preview_html, name="manage-mail-preview-html"),
    path("account/mail-again/", mail_care.try_mine_again, name="account-mail-again"),
    path("mail/reports/notify/", mail_reports.notify, name="mail-reports-notify"),
    path("manage/outbox/", manage.outbox_page, name="manage-outbox"),
    path("manage/outbox/<uuid:event_id>/retry/", manage.retry, name="manage-outbox-retry"),
    path("manage/audit/", audit.manage_audit, name="manage-audit"),
    path("organisations/<slug:slug>/acts/", audit.organisation_acts, name="organisation-acts"),
    path("organisations/<slug:slug>/acts.csv", audit.organisation_acts_csv, name="organisation-acts-csv"),
    path("manage/catalogue/", manage.catalogue_page, name="manage-catalogue"),
    # These answer 404 unless this is a demo (notifications.queries.mailbox).
    path("demo/mail/", mailbox.mailbox, name="demo_mail"),
    path("demo/mail/<uuid:message_id>/", mailbox.letter, name="demo-letter"),
    path("demo/mail/<uuid:message_id>/html/", mailbox.letter_html, name="demo-letter-html"),
]
