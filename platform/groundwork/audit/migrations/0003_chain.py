from django.conf import settings
from django.db import migrations, models

import groundwork.audit.models
from groundwork.audit import triggers


def salt(apps, schema_editor):
    """What is there already gets salts of its own: adding a column gives every row the same one."""
    each = {
        "postgresql": "md5(gen_random_uuid()::text || gen_random_uuid()::text)",
        "sqlite": "lower(hex(randomblob(16)))",
    }[schema_editor.connection.vendor]
    schema_editor.execute(f"UPDATE audit_auditentry SET salt = {each}")  # noqa: S608


def refuse_changes(apps, schema_editor):
    triggers.install(schema_editor.connection)


def allow_changes(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_acts_since'),
        ('directory', '0002_place_dates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditChain',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(default=0)),
                ('hash', models.CharField(blank=True, max_length=64)),
                ('sealed_at', models.DateTimeField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verified_number', models.BigIntegerField(null=True)),
                ('verified_hash', models.CharField(blank=True, max_length=64)),
                ('problems', models.BigIntegerField(help_text='How many the last look found; null: nobody has looked.', null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_audit_chain')],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField(unique=True)),
                ('person_key', models.BigIntegerField(null=True)),
                ('mandate_key', models.BigIntegerField(null=True)),
                ('content', models.CharField(help_text='SHA-256 of everything the entry says.', max_length=64)),
                ('parts', models.TextField(help_text='The first 32 bits of the digest of each part, to say which one differs.')),
                ('sealed_at', models.DateTimeField()),
                ('previous', models.CharField(max_length=64, unique=True)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.AddField(
            model_name='auditentry',
            name='salt',
            field=models.CharField(blank=True, default=groundwork.audit.models.new_salt, help_text='Of the digests of what changed; empty once words went.', max_length=32),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='forgotten',
            field=models.JSONField(blank=True, default=dict, help_text='For words that went: digests, the salts of the fields that stayed, and the acts that say so.'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='is_sealed',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(salt, migrations.RunPython.noop),
        migrations.RemoveIndex(
            model_name='auditentry',
            name='audit_of_organisation',
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['organisation', '-at', '-id'], name='audit_of_organisation'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('acted_as', ''), _negated=True), fields=['-at', '-id'], name='audit_of_system'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('is_sealed', False)), fields=['id'], name='audit_unsealed'),
        ),
        migrations.RunPython(refuse_changes, allow_changes),
    ]
