"""The order of the worklist in an index to its last column: else the planner may read all requests to sort them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0024_first_prepared_answers"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="consultationrequest",
            name="request_worklist",
        ),
        migrations.AddIndex(
            model_name="consultationrequest",
            index=models.Index(fields=["due_by", "-received_at", "-id"], name="request_worklist"),
        ),
    ]
