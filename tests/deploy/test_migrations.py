"""Migrations only add: the release before runs on the database of the next."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from django.db import models
from django.db.migrations import operations as ops
from django.db.migrations.state import ProjectState

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "check_migrations"


@pytest.fixture(scope="module")
def check():
    loader = SourceFileLoader("check_migrations", str(SCRIPT))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


ID = ("id", models.BigAutoField(primary_key=True))
BEGIN = ops.CreateModel(
    "Visit", [ID, ("room", models.CharField(max_length=20, null=True)), ("note", models.TextField())]
)
ADDS = [
    ops.CreateModel("Chair", [ID]),
    ops.AddField("visit", "color", models.CharField(max_length=9, null=True)),
    ops.AddField("visit", "color", models.CharField(max_length=9, db_default="")),
    ops.AddField("visit", "friends", models.ManyToManyField("app.Visit")),
    ops.AlterField("visit", "room", models.CharField(max_length=40, null=True, help_text="Where.")),
    ops.AlterField("visit", "note", models.TextField(null=True)),
    ops.AddIndex("visit", models.Index(fields=["room"], name="by_room")),
]
TAKES_AWAY = [
    ops.AddField("visit", "color", models.CharField(max_length=9, default="")),
    ops.RemoveField("visit", "note"),
    ops.RenameField("visit", "note", "words"),
    ops.RenameModel("Visit", "Stay"),
    ops.DeleteModel("Visit"),
    ops.AlterField("visit", "room", models.CharField(max_length=10, null=True)),
    ops.AlterField("visit", "room", models.CharField(max_length=20)),
    ops.AlterField("visit", "note", models.CharField(max_length=9)),
    ops.AlterField("visit", "room", models.CharField(max_length=20, null=True, unique=True)),
    ops.AddConstraint("visit", models.CheckConstraint(condition=~models.Q(note=""), name="a_note_says_something")),
    ops.RunPython(ops.RunPython.noop),
]


def faults(check, operation):
    before = ProjectState()
    BEGIN.state_forwards("app", before)
    return list(check.faults_of(operation, before, "app"))


@pytest.mark.parametrize("operation", ADDS, ids=lambda operation: operation.describe())
def test_what_adds_is_let_through(check, operation):
    assert faults(check, operation) == []


@pytest.mark.parametrize("operation", TAKES_AWAY, ids=lambda operation: operation.describe())
def test_what_the_release_before_would_miss_is_named(check, operation):
    assert len(faults(check, operation)) == 1
