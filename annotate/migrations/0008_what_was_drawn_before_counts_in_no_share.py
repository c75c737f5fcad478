"""Sessions were drawn at random by another rule before each had a draw: read, they are no sample by that of today.

A queue that has drawn nothing yet by today's rule has no sample. Its sessions that wait are drawn anew when it is filled.
"""

from django.db import migrations


def take_out_of_the_sample(apps, _editor):
    items = apps.get_model("annotate", "QueueItem").objects
    items.filter(stratum="random", queue__drawn_below=0).update(stratum="priority", selection_probability=None)


class Migration(migrations.Migration):
    dependencies = [("annotate", "0007_slots_counted_by_state")]

    operations = [migrations.RunPython(take_out_of_the_sample, migrations.RunPython.noop)]
