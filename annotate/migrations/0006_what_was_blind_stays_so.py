"""Queues with several reviewers for each session hid their judgements from one another before there was a choice."""

from django.db import migrations


def hide_as_before(apps, _editor):
    apps.get_model("annotate", "Queue").objects.filter(reviewers_per_session__gt=1).update(is_blind=True)


class Migration(migrations.Migration):
    dependencies = [("annotate", "0005_queues_know_of_more")]

    operations = [migrations.RunPython(hide_as_before, migrations.RunPython.noop)]
