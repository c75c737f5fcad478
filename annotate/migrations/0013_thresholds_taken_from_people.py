import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_projects_know_since_when_they_are_whole"),
        ("annotate", "0012_queues_find_what_measures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ThresholdChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The score's.", max_length=120)),
                ("middle", models.FloatField(help_text="A value above it is high from then on.")),
                ("before", models.FloatField(help_text="What it was until then.")),
                ("sessions", models.PositiveIntegerField(help_text="How many reviewed sessions it was chosen by.")),
                ("chosen_at", models.DateTimeField(auto_now_add=True)),
                (
                    "chosen_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="threshold_choices",
                        to="accounts.project",
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["project", "-chosen_at"], name="thresholdchoice_newest")]},
        ),
    ]
