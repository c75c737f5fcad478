"""Room for the words of a session's steps."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0004_session_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='Transcript',
            fields=[
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='transcript', serialize=False, to='traces.agentsession')),
                ('payload', models.BinaryField(help_text='Compressed: see traces.words.')),
            ],
        ),
    ]
