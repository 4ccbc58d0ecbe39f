"""After each open time has got its day and clock, the database asks for them; on PostgreSQL that needs a step of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0013_day_and_clock_of_open_times")]

    operations = [
        migrations.AlterField("opentime", "day", models.DateField(editable=False)),
        migrations.AlterField("opentime", "weekday", models.PositiveSmallIntegerField(editable=False)),
        migrations.AlterField("opentime", "begins_by_clock", models.TimeField(editable=False)),
    ]
