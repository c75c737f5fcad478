import django.utils.timezone
from django.db import migrations, models

OVER = ('resolved', 'verified')


def read_from_history(apps, schema_editor):
    """When an issue came into its state, and when it was fixed, as its history tells."""
    Issue, IssueEvent = apps.get_model('issues', 'Issue'), apps.get_model('issues', 'IssueEvent')
    for issue in Issue.objects.order_by('pk').iterator():
        moves = IssueEvent.objects.filter(issue=issue).order_by('-created_at', '-pk')
        into = moves.filter(to_state=issue.state).values_list('created_at', flat=True).first()
        fixed = moves.filter(to_state='resolved').values_list('created_at', flat=True).first()
        issue.stood_since = into or issue.created_at
        issue.fixed_at = (fixed or issue.updated_at) if issue.state in OVER else None
        issue.save(update_fields=['stood_since', 'fixed_at'])


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0004_releases'),
    ]

    operations = [
        migrations.AddField(
            model_name='issue',
            name='stood_since',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='When it came into its state.'),
        ),
        migrations.AddField(
            model_name='issue',
            name='fixed_at',
            field=models.DateTimeField(blank=True, help_text='When somebody said that it is fixed.', null=True),
        ),
        migrations.RunPython(read_from_history, migrations.RunPython.noop, elidable=True),
    ]
