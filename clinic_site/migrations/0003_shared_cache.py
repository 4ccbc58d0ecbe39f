from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    """The table of the cache that all processes share where there is no Redis; with Redis, nothing to do."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("clinic_site", "0002_banners_and_ways_in")]

    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
