"""Steps without their words, and without two indexes that the one of their keys stands in for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0006_words_into_transcripts'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='step',
            name='step_reading_order',
        ),
        # Each with a default, so that the way back finds rows to fill.
        *(
            migrations.AlterField(model_name='step', name=name, field=models.TextField(blank=True, default=''))
            for name in ('text', 'arguments', 'result', 'error_message')
        ),
        *(
            migrations.RemoveField(model_name='step', name=name)
            for name in ('text', 'arguments', 'result', 'error_message')
        ),
        migrations.AlterField(
            model_name='step',
            name='session',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='traces.agentsession'),
        ),
    ]
