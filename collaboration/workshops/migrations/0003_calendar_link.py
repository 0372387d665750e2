import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import groundwork.clock


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0002_invitations_mailed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, help_text="Raised to make the link another one.")),
                (
                    "digest",
                    models.CharField(
                        blank=True,
                        help_text="Of the token in its address; empty: it opens nothing.",
                        max_length=64,
                        null=True,
                        unique=True,
                    ),
                ),
                ("made_at", models.DateTimeField(default=groundwork.clock.now)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_link",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
