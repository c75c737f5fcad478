import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = [('created', 'Created'), ('moved', 'State changed'), ('renamed', 'Renamed'), ('assigned', 'Owner changed'), ('attached', 'Failures added'), ('detached', 'Failures removed'), ('refused', 'Failures left out'), ('severity', 'Severity changed'), ('merged', 'Merged into another'), ('took_in', 'Took in another'), ('unmerged', 'Merge undone'), ('split_off', 'Part split off'), ('split_from', 'Split from another'), ('moved_out', 'Failures moved to another'), ('moved_in', 'Failures moved here'), ('gave_back', 'Failures given back'), ('got_back', 'Failures came back'), ('undone', 'Taken back'), ('redone', 'Made again'), ('escalating', 'Escalating'), ('calm', 'Escalates no more'), ('linked', 'Link changed'), ('runbook', 'Runbook changed')]


class Migration(migrations.Migration):

    dependencies = [
        ('annotate', '0016_failure_types_say_what_they_were_first_said_of'),
        ('issues', '0009_watchers_and_comments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='issue',
            name='external_url',
            field=models.URLField(blank=True, help_text='Of the ticket elsewhere.', max_length=500),
        ),
        migrations.AddField(
            model_name='issue',
            name='runbook',
            field=models.TextField(blank=True, help_text='What to do when it happens; Markdown.'),
        ),
        migrations.CreateModel(
            name='TypeRunbook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('failure_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runbooks', to='annotate.failuretype')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['failure_type', '-id'], name='typerunbook_newest')],
            },
        ),
        migrations.AlterField(
            model_name='issueevent',
            name='kind',
            field=models.CharField(choices=EVENTS, max_length=20),
        ),
    ]
