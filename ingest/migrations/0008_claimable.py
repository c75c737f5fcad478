"""An index in which a claim finds all that it asks, however many batches wait."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ingest', '0007_removals'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='rawbatch',
            name='rawbatch_waiting',
        ),
        migrations.AddIndex(
            model_name='rawbatch',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id', 'project', 'attempts', 'items', 'claim', 'claimed_until'], name='rawbatch_claimable'),
        ),
    ]
