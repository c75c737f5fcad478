import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('traces', '0009_signals_by_project'),
    ]

    operations = [
        migrations.CreateModel(
            name='DetectorSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.CharField(max_length=64)),
                ('content', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.project')),
            ],
        ),
        migrations.AddField(
            model_name='agentsession',
            name='detector_set',
            field=models.ForeignKey(blank=True, db_index=False, help_text='What its signals were found with; null: with something older than these are.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='traces.detectorset'),
        ),
        migrations.AddIndex(
            model_name='agentsession',
            index=models.Index(condition=models.Q(('settled_revision__gte', 1)), fields=['project', 'detector_set'], name='session_by_detector_set'),
        ),
        migrations.AddConstraint(
            model_name='detectorset',
            constraint=models.UniqueConstraint(fields=('project', 'identity'), name='detectorset_once'),
        ),
    ]
