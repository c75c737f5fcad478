"""In a queue that is not blind, the answer to a settled session could be read: such queues measure nobody any more.

They are not made blind instead: that would hide from people, on every page, what they were meant to see.
"""

from django.db import migrations, models
from django.db.models import Q

NOBODYS = {"reviewer": None, "lease_token": None, "lease_until": None, "opened_at": None, "in_turn": False}


def measure_no_more(apps, _editor):
    """Switches the shares off, and keeps back what waits: whoever has it open can still submit."""
    queues = apps.get_model("annotate", "Queue").objects.filter(is_blind=False)
    queues.filter(Q(gold_share__gt=0) | Q(repeat_share__gt=0)).update(gold_share=0, repeat_share=0)
    waiting = apps.get_model("annotate", "Slot").objects.filter(
        queue__is_blind=False, item__stratum__in=("gold", "repeat"), state__in=("free", "leased")
    )
    waiting.update(state="aside", **NOBODYS)


class Migration(migrations.Migration):
    dependencies = [("annotate", "0014_keys_are_pressed_as_one_likes")]

    operations = [
        migrations.RunPython(measure_no_more, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="queue",
            constraint=models.CheckConstraint(
                condition=Q(("is_blind", True), Q(("gold_share", 0), ("repeat_share", 0)), _connector="OR"),
                name="queue_measures_only_blind",
            ),
        ),
    ]
