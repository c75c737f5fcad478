"""By what a score finds its session, which step it means, and when it was given."""

from django.db import migrations, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Concat


def fill_targets(apps, schema_editor):
    """The scores that are there name a session or a trace."""
    apps.get_model("traces", "Score").objects.filter(target="").update(
        target=Case(
            When(external_id__gt="", then=Concat(Value("session:"), F("external_id"))),
            When(trace_id__gt="", then=Concat(Value("trace:"), F("trace_id"))),
            default=Value(""),
        )
    )


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0002_usage_and_meaning'),
    ]

    operations = [
        migrations.AddField(
            model_name='score',
            name='given_at',
            field=models.DateTimeField(blank=True, help_text='As the sender says; the later version counts.', null=True),
        ),
        migrations.AddField(
            model_name='score',
            name='step_key',
            field=models.CharField(blank=True, default='', help_text='The step of that session, where it names one.', max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='score',
            name='target',
            field=models.CharField(blank=True, default='', help_text='By what the session is found: see ingest.dialects.scores.', max_length=210),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='scoremeaning',
            name='middle',
            field=models.FloatField(default=0.5, help_text='A value above it is high, one below it is low.'),
        ),
        migrations.RunPython(fill_targets, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['project', 'target'], name='score_by_target'),
        ),
        migrations.AddIndex(
            model_name='score',
            index=models.Index(fields=['project', 'name', 'value'], name='score_by_name'),
        ),
        migrations.AddIndex(
            model_name='step',
            index=models.Index(condition=models.Q(('span_id', ''), _negated=True), fields=['span_id'], name='step_by_span'),
        ),
    ]
