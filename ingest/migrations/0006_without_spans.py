"""Lets go of the rows of single spans and logs, and of indexes by project that others stand in for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('ingest', '0005_spans_into_parts'),
    ]

    operations = [
        migrations.DeleteModel(
            name='Span',
        ),
        migrations.DeleteModel(
            name='SpanLog',
        ),
        migrations.AlterField(
            model_name='rawbatch',
            name='body',
            field=models.BinaryField(help_text='Compressed.'),
        ),
        migrations.AlterField(
            model_name='rawbatch',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='raw_batches', to='accounts.project'),
        ),
        migrations.AlterField(
            model_name='trace',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='traces', to='accounts.project'),
        ),
    ]
