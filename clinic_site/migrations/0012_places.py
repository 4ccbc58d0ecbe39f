"""Unsaved words get a UUID, to which what is encrypted from now on is bound (decision 27)."""

from uuid import uuid4

from django.db import migrations, models

from clinic_site.security.places import give_places


class Migration(migrations.Migration):
    dependencies = [("clinic_site", "0011_problems_and_night_jobs")]

    operations = [
        migrations.AddField("unsavedwords", "place", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(give_places("clinic_site_unsavedwords"), migrations.RunPython.noop),
        migrations.AlterField("unsavedwords", "place", models.UUIDField(default=uuid4, editable=False, unique=True)),
    ]
