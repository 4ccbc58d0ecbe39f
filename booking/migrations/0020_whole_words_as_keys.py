from itertools import islice

from django.db import migrations

from booking.models.search_keys import keys_of

STRETCH = 1000  # requests whose keys are made anew at a time


def make_keys_anew(apps, schema_editor):
    """Each word is kept once and looked up by its beginning, where each of its beginnings was kept before."""
    requests, SearchKey = apps.get_model("booking", "ConsultationRequest"), apps.get_model("booking", "SearchKey")
    SearchKey.objects.all().delete()
    fields = "pk", "name", "email", "phone", "reference"
    rows = requests.objects.order_by("pk").values_list(*fields).iterator(chunk_size=STRETCH)
    while some := list(islice(rows, STRETCH)):
        SearchKey.objects.bulk_create(
            SearchKey(request_id=pk, key=key)
            for pk, name, email, phone, reference in some
            for key in keys_of(name, email, str(phone), reference)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0019_searched_by_beginnings"),
    ]

    operations = [
        migrations.RunPython(make_keys_anew, migrations.RunPython.noop),
    ]
