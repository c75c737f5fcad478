import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_projects_know_since_when_they_are_whole'),
        ('issues', '0003_decisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('first_seen', models.DateTimeField(blank=True, help_text='The time of its first session; null while it was only named.', null=True)),
                ('place', models.PositiveIntegerField(blank=True, help_text='Where a lead put it; null: by first sight.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='accounts.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'name'), name='release_once')],
            },
        ),
        migrations.CreateModel(
            name='LifeRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verified_after', models.PositiveIntegerField(default=30, help_text='So many reviewed sessions without it verify a fix.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10000)])),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('releases_read_to', models.DateTimeField(blank=True, help_text='Sessions whose signals were written before were looked at.', null=True)),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='life_rule', to='accounts.project')),
            ],
        ),
    ]
