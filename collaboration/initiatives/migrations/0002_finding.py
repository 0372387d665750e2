# Derived tables for finding, and the database's own full-text index over the search texts.

import django.db.models.deletion
from django.db import DatabaseError, migrations, models, transaction

TEXTS = "initiatives_searchtext"

POSTGRESQL = (
    # Maintained by the database, so that the index cannot disagree with the texts. Weight A is the title.
    f"""ALTER TABLE {TEXTS} ADD COLUMN vector tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'B')
    ) STORED""",
    f"CREATE INDEX searchtext_vector ON {TEXTS} USING gin (vector)",
    f"CREATE INDEX searchtext_title ON {TEXTS} USING gin (to_tsvector('english', title))",
    # A vector kept inside its row need not be fetched and unpacked from elsewhere for each row that is looked at.
    f"ALTER TABLE {TEXTS} SET (toast_tuple_target = 8160)",
    # A value says of what kind it is. Without this the planner thinks every pair rarer than it is by far.
    "CREATE STATISTICS facet_kind_value (mcv, dependencies) ON kind, value FROM initiatives_facet",
    "ALTER STATISTICS facet_kind_value SET STATISTICS 1000",
)
TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS searchword_trigrams ON initiatives_searchword USING gin (word gin_trgm_ops)",
)
SQLITE = (
    # External content: the words are kept once, in the search texts, and three triggers keep the index equal to them.
    f"""CREATE VIRTUAL TABLE initiatives_fts USING fts5(
        title, body, content='{TEXTS}', content_rowid='initiative_id', tokenize='porter unicode61 remove_diacritics 2'
    )""",
    f"""CREATE TRIGGER searchtext_added AFTER INSERT ON {TEXTS} BEGIN
        INSERT INTO initiatives_fts(rowid, title, body) VALUES (new.initiative_id, new.title, new.body);
    END""",
    f"""CREATE TRIGGER searchtext_removed AFTER DELETE ON {TEXTS} BEGIN
        INSERT INTO initiatives_fts(initiatives_fts, rowid, title, body)
        VALUES ('delete', old.initiative_id, old.title, old.body);
    END""",
    f"""CREATE TRIGGER searchtext_changed AFTER UPDATE ON {TEXTS} BEGIN
        INSERT INTO initiatives_fts(initiatives_fts, rowid, title, body)
        VALUES ('delete', old.initiative_id, old.title, old.body);
        INSERT INTO initiatives_fts(rowid, title, body) VALUES (new.initiative_id, new.title, new.body);
    END""",
)


def index_the_words(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                for statement in TRIGRAMS:
                    cursor.execute(statement)
        except DatabaseError:
            # Only a superuser, or the database's owner where the extension is trusted, may create it. Spelling help
            # then compares words one by one; a system check says how to have it faster.
            pass


def forget_the_words(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {TEXTS} DROP COLUMN vector")
            cursor.execute("DROP INDEX IF EXISTS searchtext_title")
            cursor.execute("DROP STATISTICS IF EXISTS facet_kind_value")
        else:
            for trigger in ("added", "removed", "changed"):
                cursor.execute(f"DROP TRIGGER searchtext_{trigger}")
            cursor.execute("DROP TABLE initiatives_fts")


class Migration(migrations.Migration):
    dependencies = [
        ("initiatives", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexedCard",
            fields=[
                (
                    "initiative",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="indexed_card",
                        serialize=False,
                        to="initiatives.initiative",
                    ),
                ),
                ("stamp", models.CharField(max_length=16)),
                ("sort_title", models.CharField(max_length=200)),
                ("card", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["sort_title", "initiative"], name="indexed_card_by_title")],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("length", models.PositiveSmallIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["length", "word"], name="search_word_by_length")],
            },
        ),
        migrations.RunPython(index_the_words, forget_the_words),
    ]
