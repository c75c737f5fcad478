import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_projects_know_since_when_they_are_whole'),
        ('annotate', '0016_failure_types_say_what_they_were_first_said_of'),
        ('clustering', '0004_runs_over_everything'),
        ('issues', '0011_watchers_know_what_they_have_seen'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='proposal',
            name='proposal_title_once',
        ),
        migrations.AddField(
            model_name='proposal',
            name='across',
            field=models.FloatField(blank=True, help_text='The same between the two sides: issues, who leaves and stays, who comes.', null=True),
        ),
        migrations.AddField(
            model_name='proposal',
            name='kind',
            field=models.CharField(choices=[('new', 'New issue'), ('attach', 'Add to an issue'), ('merge', 'Merge two issues'), ('split', 'Split an issue')], default='new', max_length=10),
        ),
        migrations.AddField(
            model_name='proposal',
            name='other',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issues.issue'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='score',
            field=models.FloatField(default=0, help_text='How sure the machine is, 0..1, among proposals of the same kind.'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='size',
            field=models.PositiveIntegerField(default=0, help_text='How many failures speak for it; a decline holds until half more do.'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='subject',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issues.issue'),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='cohesion',
            field=models.FloatField(help_text='Mean cosine similarity of its members, -1..1; of a merge in the looser issue.'),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='fingerprint',
            field=models.CharField(help_text='What it is about: the same is open once.', max_length=64),
        ),
        migrations.AlterField(
            model_name='proposal',
            name='title',
            field=models.CharField(blank=True, help_text='Of the issue that would be made, if one would be.', max_length=200),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(models.F('project'), django.db.models.functions.text.Lower('title'), condition=models.Q(('state', 'open'), models.Q(('title', ''), _negated=True)), name='proposal_title_once'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['new', 'attach', 'merge', 'split'])), name='proposal_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'new'), ('subject', None)), models.Q(models.Q(('kind', 'new'), _negated=True), ('subject__isnull', False)), _connector='OR'), name='proposal_concerns_an_issue'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'merge'), ('other__isnull', False)), models.Q(models.Q(('kind', 'merge'), _negated=True), ('other', None)), _connector='OR'), name='proposal_merges_two'),
        ),
    ]
