from django.db import migrations, models

KINDS = [('never', 'For good'), ('date', 'Until a date'), ('sessions', 'Until more sessions'), ('users', 'Until more users in a period'), ('escalates', 'Until it escalates')]


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0005_issues_know_since_when_they_stand'),
    ]

    operations = [
        migrations.AddField(
            model_name='issue',
            name='ignore_end',
            field=models.CharField(choices=KINDS, default='never', max_length=10),
        ),
        migrations.AddField(
            model_name='issue',
            name='ignore_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='issue',
            name='ignore_count',
            field=models.PositiveIntegerField(blank=True, help_text='Of sessions, or of users.', null=True),
        ),
        migrations.AddField(
            model_name='issue',
            name='ignore_days',
            field=models.PositiveSmallIntegerField(blank=True, help_text='In which users are counted.', null=True),
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(('ignore_end__in', [kind for kind, _ in KINDS])), name='issue_ignore_end_known'),
        ),
    ]
