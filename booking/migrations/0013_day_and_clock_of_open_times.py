"""Each open time keeps its day and clock of the clinic, so that the rule of what is bookable need not work them out."""

from django.db import migrations, models

from booking.models.open_times import on_the_clock

AT_ONCE = 1000  # rows


def store_clocks(apps, schema_editor):
    times = apps.get_model("booking", "OpenTime").objects
    some = []
    for time in times.only("starts_at", "ends_at").iterator(AT_ONCE):
        for name, value in on_the_clock(time.starts_at, time.ends_at).items():
            setattr(time, name, value)
        some.append(time)
    times.bulk_update(some, ["day", "weekday", "begins_by_clock", "ends_by_clock"], batch_size=AT_ONCE)


class Migration(migrations.Migration):
    dependencies = [("booking", "0012_people_as_they_write_themselves")]

    operations = [
        migrations.AddField("opentime", "day", models.DateField(editable=False, null=True)),
        migrations.AddField("opentime", "weekday", models.PositiveSmallIntegerField(editable=False, null=True)),
        migrations.AddField("opentime", "begins_by_clock", models.TimeField(editable=False, null=True)),
        migrations.AddField("opentime", "ends_by_clock", models.TimeField(editable=False, null=True)),
        migrations.RunPython(store_clocks, migrations.RunPython.noop),
    ]
