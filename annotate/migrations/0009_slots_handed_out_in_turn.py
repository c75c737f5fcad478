"""What was read of a random sample counts up to the last place that the queue itself handed out.

Of slots that were submitted before this was noted nobody can know it any more. They count as handed out, as they did
so far: but those that were given by name, or made for a judgement that came too late.
"""

from django.db import migrations, models


def count_what_was_read(apps, _editor):
    slots = apps.get_model("annotate", "Slot").objects
    drawn = apps.get_model("annotate", "QueueItem").objects.filter(stratum="random")
    read = slots.filter(state="submitted", is_extra=False, assigned_to=None)
    read.filter(item__in=drawn.values("pk")).update(in_turn=True)


class Migration(migrations.Migration):
    dependencies = [("annotate", "0008_what_was_drawn_before_counts_in_no_share")]

    operations = [
        migrations.AddField(
            model_name="slot",
            name="in_turn",
            field=models.BooleanField(
                default=False, help_text="Whoever has it was handed it by the queue, as the next of its random sample."
            ),
        ),
        migrations.RunPython(count_what_was_read, migrations.RunPython.noop),
    ]
