
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_projects_know_since_when_they_are_whole'),
        ('issues', '0012_proposals_concern_issues'),
    ]

    operations = [
        migrations.AddField(
            model_name='issuemembership',
            name='threshold',
            field=models.FloatField(blank=True, help_text='The least score that was asked for.', null=True),
        ),
        migrations.CreateModel(
            name='MatchingRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('threshold', models.FloatField(help_text='The least score that joins.')),
                ('margin', models.FloatField(help_text='How far ahead of the second issue.')),
                ('precision', models.FloatField(help_text='Of the placements held out that it would have joined, the share put where people had.', null=True)),
                ('placements', models.PositiveIntegerField(help_text='How many of people there were when it was read.')),
                ('mechanism', models.CharField(max_length=40)),
                ('model_name', models.CharField(help_text='Of the vectors that it was read from.', max_length=200)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matching_rules', to='accounts.project')),
            ],
        ),
        migrations.AddField(
            model_name='issuemembership',
            name='rule',
            field=models.ForeignKey(blank=True, help_text="What people's placements taught of matching; none where the mechanism's own rule counted.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='issues.matchingrule'),
        ),
        migrations.AddConstraint(
            model_name='matchingrule',
            constraint=models.UniqueConstraint(fields=('project', 'version'), name='matchingrule_version_once'),
        ),
    ]
