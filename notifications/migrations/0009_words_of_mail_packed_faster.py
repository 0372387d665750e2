from django.db import migrations

LZ4 = """
DO $$
BEGIN
    ALTER TABLE notifications_outgoingmessage
        ALTER COLUMN text SET COMPRESSION {0},
        ALTER COLUMN html SET COMPRESSION {0},
        ALTER COLUMN conditions SET COMPRESSION {0};
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$
"""
"""The words of mail are what is largest in the database and read once. Packing them with LZ4 takes a third of the time
that PostgreSQL's own way takes; a PostgreSQL built without it keeps that. Rows that are there stay as they are."""


def pack(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(LZ4.format("lz4"))


def pack_as_before(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(LZ4.format("pglz"))


class Migration(migrations.Migration):
    dependencies = [("notifications", "0008_board_packs")]
    operations = [migrations.RunPython(pack, pack_as_before)]
