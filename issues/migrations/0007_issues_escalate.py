from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0006_ignoring_has_an_end'),
    ]

    operations = [
        migrations.AddField(
            model_name='issue',
            name='escalating_since',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
