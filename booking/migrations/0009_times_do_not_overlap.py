"""Times store their end, and the database refuses two of one clinician that overlap."""

from datetime import timedelta

from django.db import migrations, models
from django.utils import timezone

from booking.models import overlap_guard

HOW_TO_SETTLE = (
    "These times of one clinician overlap, and nothing was changed. Of each pair withdraw one, or move or cancel the "
    "consultation that is booked, in the calendar of the version that runs now; then migrate again:"
)


def refuse_overlaps(apps, schema_editor):
    """Before anything is changed: list the pairs that overlap."""
    times = apps.get_model("booking", "OpenTime").objects.exclude(state="withdrawn")
    pairs, last = [], {}
    for time in times.order_by("clinician", "starts_at").select_related("clinician", "request"):
        before = last.get(time.clinician_id)
        if before and time.starts_at < before.starts_at + timedelta(minutes=before.minutes):
            pairs.append(f"- {time.clinician.name}: {_told(before)} and {_told(time)}")
        if before is None or _end(time) > _end(before):
            last[time.clinician_id] = time
    if pairs:
        raise SystemExit("\n".join([HOW_TO_SETTLE, *pairs]))


def _end(time):
    return time.starts_at + timedelta(minutes=time.minutes)


def _told(time):
    begins = timezone.localtime(time.starts_at)
    request = f", {time.request.reference}" if time.request else ""
    return f"{begins:%Y-%m-%d %H:%M} for {time.minutes} minutes ({time.state}{request})"


def store_ends(apps, schema_editor):
    times = apps.get_model("booking", "OpenTime").objects
    for minutes in times.order_by().values_list("minutes", flat=True).distinct():
        times.filter(minutes=minutes).update(ends_at=models.F("starts_at") + timedelta(minutes=minutes))


def store_minutes(apps, schema_editor):
    for time in apps.get_model("booking", "OpenTime").objects.all():
        time.minutes = round((time.ends_at - time.starts_at).total_seconds() / 60)
        time.save(update_fields=["minutes"])


def install(apps, schema_editor):
    overlap_guard.install(schema_editor.connection.alias)


def remove(apps, schema_editor):
    overlap_guard.remove(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("booking", "0008_index_of_suspects")]

    operations = [
        migrations.RunPython(refuse_overlaps, migrations.RunPython.noop),
        migrations.AddField("opentime", "ends_at", models.DateTimeField(null=True, verbose_name="ends")),
        migrations.RunPython(store_ends, store_minutes),
        migrations.AlterField("opentime", "ends_at", models.DateTimeField(verbose_name="ends")),
        migrations.RemoveConstraint("opentime", "a_clinician_has_one_time_at_a_start"),
        migrations.RemoveField("opentime", "minutes"),
        migrations.AddIndex(
            "opentime", models.Index(fields=["clinician", "starts_at"], name="open_times_of_a_clinician")
        ),
        migrations.AddConstraint(
            "opentime",
            models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="a_time_ends_after_it_begins"
            ),
        ),
        migrations.RunPython(install, remove),
    ]
