from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workshops", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="workshopinvitation",
            name="mailed",
            field=models.JSONField(
                default=list,
                help_text="Moments (seconds of Unix time) at which it was last mailed: an end to repeating it.",
            ),
        ),
    ]
