import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('clustering', '0002_step_vectors'),
    ]

    operations = [
        migrations.CreateModel(
            name='Layout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('failures', models.BinaryField(default=bytes)),
                ('places', models.BinaryField(default=bytes)),
                ('size', models.PositiveIntegerField(default=0)),
                ('source', models.CharField(blank=True, help_text='A hash of what it was drawn from, and by what.', max_length=64)),
                ('drawn_at', models.DateTimeField(blank=True, null=True)),
                ('seconds', models.FloatField(default=0, help_text='How long it took: what takes long is drawn less often.')),
                ('began_at', models.DateTimeField(blank=True, help_text='A worker has been drawing it since.', null=True)),
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='layout', to='accounts.project')),
            ],
        ),
    ]
