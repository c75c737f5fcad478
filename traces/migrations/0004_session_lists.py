"""The indexes that the list of sessions reads under its filters and sorts."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


def index_tags(apps, schema_editor):
    """Only PostgreSQL can index what stands in a list; SQLite looks through the rows."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE INDEX session_by_tag ON traces_agentsession USING gin (tags jsonb_path_ops)")


def forget_tags(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX session_by_tag")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('traces', '0003_score_targets'),
    ]

    operations = [
        migrations.AlterField(
            model_name='agentsession',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='accounts.project'),
        ),
        migrations.RemoveIndex(
            model_name='agentsession',
            name='session_newest',
        ),
        migrations.RemoveIndex(
            model_name='agentsession',
            name='session_most_signals',
        ),
        migrations.AddIndex(
            model_name='agentsession',
            index=models.Index(models.F('project'), models.OrderBy(django.db.models.functions.comparison.Coalesce('started_at', 'created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), models.F('workflow'), models.F('release'), models.F('environment'), models.F('model'), models.F('source_format'), models.F('status'), models.F('error_count'), models.F('signal_count'), models.F('signal_weight'), models.F('cost_usd'), models.F('latency_ms'), models.F('started_at'), models.F('created_at'), name='session_listed'),
        ),
        migrations.AddIndex(
            model_name='agentsession',
            index=models.Index(models.F('project'), models.F('user_ref'), models.OrderBy(django.db.models.functions.comparison.Coalesce('started_at', 'created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='session_by_user'),
        ),
        migrations.RunPython(index_tags, forget_tags),
    ]
