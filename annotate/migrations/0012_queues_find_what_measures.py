from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotate", "0011_reviews_say_who_took_them_back")]

    operations = [
        migrations.AddIndex(
            model_name="queueitem",
            index=models.Index(fields=["queue", "stratum"], name="queueitem_measures"),
        ),
    ]
