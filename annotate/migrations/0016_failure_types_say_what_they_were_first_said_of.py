"""Of which session a failure type was first said, as far as it can be told afterwards."""

from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models

# A type is made while its review is submitted.
MOMENT = timedelta(seconds=5)


def remember_sessions(apps, _editor):
    """Of who made it, the review of that moment; where nobody is known to have made it, what has it longest."""
    for kind in apps.get_model("annotate", "FailureType").objects.filter(coined_on=None).iterator():
        kind.coined_on_id = _session_of(apps, kind)
        if kind.coined_on_id:
            kind.save(update_fields=["coined_on"])


def _session_of(apps, kind):
    if kind.created_by_id is None:
        having = apps.get_model("annotate", "Failure").objects.filter(failure_type=kind).order_by("pk")
        return having.values_list("session", flat=True).first()
    reviews = apps.get_model("annotate", "Review").objects.filter(
        project=kind.project_id,
        reviewer=kind.created_by_id,
        submitted_at__range=(kind.created_at - MOMENT, kind.created_at),
    )
    return reviews.order_by("-submitted_at").values_list("session", flat=True).first()


class Migration(migrations.Migration):
    dependencies = [
        ("annotate", "0015_only_blind_queues_measure"),
        ("traces", "0011_when_signals_were_written"),
    ]

    operations = [
        migrations.AddField(
            model_name="failuretype",
            name="coined_on",
            field=models.ForeignKey(
                blank=True,
                help_text="The session that it was first said of: the name may tell of it. None where a lead made it.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="traces.agentsession",
            ),
        ),
        migrations.RunPython(remember_sessions, migrations.RunPython.noop),
    ]
