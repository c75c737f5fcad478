"""Room for what bodies bring of a trace, and for the fence."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('ingest', '0003_health'),
    ]

    operations = [
        migrations.CreateModel(
            name='Fence',
            fields=[
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='fence', serialize=False, to='accounts.project')),
                ('number', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='TracePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(help_text='Hash of the content: the same part again adds nothing.', max_length=32)),
                ('payload', models.BinaryField(help_text='Its spans and log records as compressed JSON.')),
                ('trace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='ingest.trace')),
            ],
        ),
        migrations.AddConstraint(
            model_name='tracepart',
            constraint=models.UniqueConstraint(fields=('trace', 'digest'), name='tracepart_once_per_trace'),
        ),
    ]
