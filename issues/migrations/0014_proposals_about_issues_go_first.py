from django.db import migrations


def forget_what_concerns_issues(apps, schema_editor):
    """What older code would take for proposals of new issues. Of a step of its own: PostgreSQL alters no table of
    which rows were deleted in the same transaction."""
    apps.get_model("issues", "Proposal").objects.exclude(kind="new").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0013_joins_keep_their_rule'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, forget_what_concerns_issues),
    ]
