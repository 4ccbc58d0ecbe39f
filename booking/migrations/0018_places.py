"""Each row with encrypted words gets a UUID, to which what is encrypted from now on is bound (decision 27)."""

from uuid import uuid4

from django.db import migrations, models

from clinic_site.security.places import give_places

MODELS = ["consultationrequest", "event", "offer", "outboxmail"]


class Migration(migrations.Migration):
    dependencies = [("booking", "0017_mail_to_an_old_address")]

    operations = [
        operation
        for model in MODELS
        for operation in (
            migrations.AddField(model, "place", models.UUIDField(null=True, editable=False)),
            migrations.RunPython(give_places(f"booking_{model}"), migrations.RunPython.noop),
            migrations.AlterField(model, "place", models.UUIDField(default=uuid4, editable=False, unique=True)),
        )
    ]
