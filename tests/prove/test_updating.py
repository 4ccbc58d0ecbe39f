"""An update under load, and the way back: no refused request, no lost mail."""

import re
import time

import pytest

from tests.prove.bare import ROOT
from tests.prove.bare.crowds import allow_many, crowd_of, refused, told, wait_for_mail
from tests.prove.bare.following import install, typed_in
from tests.prove.bare.machine import BareMachine, is_possible

pytestmark = [pytest.mark.prove, pytest.mark.skipif(bool(is_possible()), reason=is_possible() or "-")]

TABLE = ROOT / "docs" / "proofs" / "updating.md"
SENDERS = 4
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "{last}")]
    operations = [migrations.AddField("consultationrequest", "proof", models.CharField(max_length=9, db_default=""))]
"""
BREAKS = """
from django.db import migrations, models


def fail(apps, schema_editor):
    raise RuntimeError("this migration fails half-way")


class Migration(migrations.Migration):
    dependencies = [("booking", "{last}")]
    operations = [
        migrations.AddField("consultationrequest", "half", models.CharField(max_length=9, db_default="")),
        migrations.RunPython(fail, migrations.RunPython.noop),
    ]
"""
BROKEN = 'raise SystemExit("this release does not start")\n'
GOES_ON = ["1 goes on, and no reader noticed.", "There is nothing to undo"]
ASK_COLUMNS = """
from django.db import connection
with connection.cursor() as cursor:
    table = connection.introspection.get_table_description(cursor, 'booking_consultationrequest')
    print(*(column.name for column in table))
"""


def add_migration(release, name, text):
    folder = release / "booking/migrations"
    last = max(file.stem for file in folder.glob("[0-9]*.py"))
    (folder / f"{int(last[:4]) + 1:04}_{name}.py").write_text(text.format(last=last))


def newer(machine, name):
    """The project as it is, with another column, and an answer by which it is known."""
    release = machine.copy_project(f"root/{name}")
    add_migration(release, "added", MIGRATION)
    views = release / "clinic_site/views.py"
    views.write_text(views.read_text().replace('"ok\\n"', '"ok 2\\n"'))
    return release


def load(machine):
    return machine.play(f"tests.prove.bare.load {SENDERS}")


def row(what, seconds, seen):
    of_each = " | ".join(told(seen, kind) for kind in ("page", "style", "form", "sender"))
    there = f"{len(seen['there'])} of {len(seen['acknowledged'])}"
    return f"| {what} | {seconds:.0f} | {of_each} | {len(refused(seen))} | {there} |"


def check(seen, line):
    assert refused(seen) == [], line
    assert seen["acknowledged"] and seen["there"] == seen["acknowledged"], line


def test_an_update_and_the_way_back_refuse_nothing_and_lose_no_mail():
    with BareMachine() as machine:
        machine.play("tests.prove.bare.mail")
        install(machine)
        allow_many(machine)
        there_and_back(machine)


def there_and_back(machine):
    """Update, go back, and try two releases that cannot be; then write the table."""
    update, back = typed_in("Update")
    newer(machine, "clinic-site-new")
    rows, sent = [], []
    for what, script, answers in [("from 1 to 2", update, ["ok", "ok 2"]), ("back to 1", back, ["ok 2", "ok"])]:
        said, taken, seen = under_load(machine, script)
        assert "is in place" in said and not re.search(r"^(stop|trouble) ", said, re.MULTILINE), said
        rows.append(row(what, taken, seen))
        print(rows[-1])
        check(seen, rows[-1])
        assert (seen["health"][0], seen["health"][-1]) == tuple(answers)
        sent += seen["acknowledged"]
    for what, break_it in CANNOT_BE.items():
        line, seen = broken_release(machine, what, break_it)
        rows.append(line)
        sent += seen["acknowledged"]
    mails = wait_for_mail(machine, sent)
    twice = sum(mails[address] > 1 for address in set(sent))
    TABLE.write_text("\n".join([BEGINNING, *rows, END.format(sent=len(sent), twice=twice)]))


def under_load(machine, script):
    """Type that while a crowd reads and sends: what was said, the seconds that it took, and what the crowd had."""
    seen: dict = {}
    with crowd_of(load(machine), seen):
        time.sleep(8)
        began = time.monotonic()
        said = machine.run(script, check=False)
        taken = time.monotonic() - began
        time.sleep(8)
    return said, taken, seen


def broken_release(machine, what, break_it):
    """The one that runs goes on; what was said names the reason, and the way out."""
    number = machine.run("ls /srv/clinic/releases | wc -l").strip()
    number = str(int(number) + 1)
    reason = break_it(machine.copy_project(f"srv/clinic/releases/{number}"))
    said, taken, seen = under_load(machine, f"/srv/clinic/releases/{number}/scripts/update || echo refused")
    assert all(words in said for words in [*GOES_ON, reason.format(number=number), "refused"]), said
    line = row(f"to one {what}", taken, seen)
    print(line)
    check(seen, line)
    assert set(seen["health"]) == {"ok"}
    assert machine.run("readlink /srv/clinic/current").strip().endswith("/releases/1")
    assert machine.run("systemctl is-active clinic-web-next > /dev/null 2>&1 || echo stopped").strip() == "stopped"
    columns = machine.run(f'clinic shell -v0 -c "{ASK_COLUMNS}"').split()
    assert ("first" in columns, "half" in columns) == (True, False)
    return line, seen


def whose_migration_fails(release):
    """One migration of it is made, the next fails in its middle: what that one did is undone by the database."""
    add_migration(release, "first", MIGRATION.replace("proof", "first"))
    add_migration(release, "breaks", BREAKS)
    return "This update stopped at: Bringing the database up to date"


def that_does_not_start(release):
    config = release / "clinic_site/gunicorn.conf.py"
    config.write_text(BROKEN + config.read_text())
    return "{number} does not start: journalctl -u clinic-web-next says why."


CANNOT_BE = {
    "whose migration fails half-way": whose_migration_fails,
    "that does not start": that_does_not_start,
}


BEGINNING = f"""# An update under load, and the way back

Written by `make prove ARGS=updating`: an installation made by the letter of [operations](../operations.md), behind the
shipped nginx; release 2 has one more column and another answer. While *Update*, then *Back* was typed, seven readers
asked up to twice a second each, and {SENDERS} people sent one request after the other. Each cell: answers, and the
slowest. A request is refused if its answer is none, or neither 200, 303 nor 429.

| update | seconds | a page | a style sheet | the form | senders | refused | acknowledged, there |
|---|---:|---|---|---|---|---:|---:|"""
END = """
Each of the {sent} whose request was acknowledged got their mail, {twice} of them twice.
"""
