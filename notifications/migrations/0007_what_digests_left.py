from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_stopped_addresses")]

    operations = [
        migrations.AddField(
            model_name="digest",
            name="left",
            field=models.JSONField(
                default=dict, help_text="What it only counted, by subject, and since when that is to be told."
            ),
        ),
    ]
