from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_projects_know_since_when_they_are_whole'),
        ('clustering', '0003_layout'),
    ]

    operations = [
        migrations.AddField(
            model_name='groupingrun',
            name='began_at',
            field=models.DateTimeField(blank=True, help_text='A worker has been at it since.', null=True),
        ),
        migrations.AddField(
            model_name='groupingrun',
            name='scope',
            field=models.CharField(choices=[('pool', 'What is in no issue'), ('everything', "Everything, compared with today's issues")], default='pool', max_length=10),
        ),
        migrations.AddField(
            model_name='groupingrun',
            name='stage',
            field=models.CharField(blank=True, choices=[('reading', 'Reading the notes'), ('grouping', 'Comparing every failure with the others'), ('comparing', "Comparing groups with today's issues")], max_length=10),
        ),
        migrations.AlterField(
            model_name='groupingrun',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='waiting', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='groupingrun',
            constraint=models.UniqueConstraint(condition=models.Q(('scope', 'everything'), ('state__in', ['waiting', 'running'])), fields=('project',), name='groupingrun_one_at_a_time'),
        ),
    ]
