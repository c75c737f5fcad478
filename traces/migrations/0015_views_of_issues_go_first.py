from django.db import migrations


def forget_views_of_issues(apps, schema_editor):
    """Older code would take them for views of the list of sessions."""
    apps.get_model("traces", "SavedView").objects.filter(place="issues").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('traces', '0014_views_of_lists'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, forget_views_of_issues),
    ]
