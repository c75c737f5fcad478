from django.db import migrations, models


def read_from_history(apps, schema_editor):
    """Who changed a severity before chose it."""
    Issue, IssueEvent = apps.get_model('issues', 'Issue'), apps.get_model('issues', 'IssueEvent')
    chosen = IssueEvent.objects.filter(kind='severity', actor__isnull=False).values('issue')
    Issue.objects.filter(pk__in=chosen).update(severity_chosen=True)


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0007_issues_escalate'),
    ]

    operations = [
        migrations.AddField(
            model_name='issue',
            name='severity_chosen',
            field=models.BooleanField(default=False, help_text='A person said it: its members change it no more.'),
        ),
        migrations.RunPython(read_from_history, migrations.RunPython.noop, elidable=True),
    ]
