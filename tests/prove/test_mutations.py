"""
Small faults are put into each module that holds rules, one at a time: the tests that run them notice them.

`rules.toml` names the modules with their tests, and why a fault lives on. Of each module a sample is drawn as if by
lot; SAMPLE=number takes another size. What became of a fault is kept in `var/faults/` and holds until its module or the
tests that told it change, so a run that was stopped goes on where it was.
"""

import json
import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.prove.faults import faults_of, sample_of
from tests.prove.kept import Kept
from tests.site import ROOT

pytestmark = pytest.mark.prove

RULES = tomllib.loads((Path(__file__).with_name("rules.toml")).read_text())
PARTS = {"booking": ("booking/",), "guide": ("treatments/", "clinic_site/")}  # each a process, with its own tests
KEPT = ROOT / "var" / "faults"
TABLE = ROOT / "docs" / "proofs" / "mutations.md"
SAMPLE = int(os.environ.get("SAMPLE", 30))
MINUTES = 40
BEFORE = "–"  # of all
NOT_PASSED_ON = {"DATABASE_URL", "TEST_BASE"}
NOTICED_OF_100 = 85
ABOUT = f"""\
# Faults that the tests notice

Written by `make prove ARGS=mutations`. One fault at a time is put into a module that holds rules: a border, a sign, a
criterion, an argument or a call that is left out. The tests that run its statement are run until one fails: those of
its subject and the fastest first, sixty at most, for eight seconds of the processor. No fault is put into texts,
translations, names, annotations, words of the log and locks, nor into what models declare as fields and constraints,
which the check of migrations, tests of the database and the races hold.

Of each module {SAMPLE} faults are tried, or all where there are fewer: those whose place and words have the lowest
SHA-256, so the same each time. The last row weighs each module by its number of faults. 'Before' is what was noticed of
the same when this was first asked.

| module | faults | tried | noticed | live on | of 100 | before, of 100 |
|---|---:|---:|---:|---:|---:|---:|
"""


def test_the_tests_notice_the_faults_that_rules_could_have():
    ends = time.time() + MINUTES * 60
    with ThreadPoolExecutor() as lanes:
        list(lanes.map(lambda part: try_faults(part, ends), PARTS))
    told, missing = what_became()
    unexplained = write(told, missing)
    assert not missing, f"There was no time for {missing} faults: run it again."
    assert not red_without_a_fault()
    assert of_100(told) >= NOTICED_OF_100
    assert not unexplained


def try_faults(part, ends):
    """Try the faults of a part of the modules, as many as there is time for."""
    own = {module: rule["tests"] for module, rule in RULES.items() if module.startswith(PARTS[part])}
    tests = sorted({f"tests/{test}.py" for tests in own.values() for test in tests})
    options = ["--faults-in", json.dumps(own), "--faults-kept", KEPT / part]
    options += ["--sample", str(SAMPLE), "--ends", str(ends)]
    plugins = ["-p", "tests.prove.faulty", "-p", "no:cacheprovider", "-p", "no:randomly"]
    settings = {"DATA_DIR": str(KEPT / part / "data"), "DJANGO_SETTINGS_MODULE": "clinic_site.settings"}
    environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    (KEPT / part).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pytest", *plugins, "-n", "0", "-q", *options, *tests]
    subprocess.run(command, cwd=ROOT, env=environment | settings, check=True)


def what_became():
    """What became of the faults of the sample, by module: (fault, outcome); and how many have not been tried."""
    told, missing = {}, 0
    for part, beginnings in PARTS.items():
        outcomes = Kept(KEPT / part / "outcomes.json").all
        for module in RULES:
            if module.startswith(beginnings):
                known = [(fault, outcomes.get(f"{module} {fault.number}")) for fault in sample_of(module, SAMPLE)]
                told[module] = [(fault, outcome["outcome"]) for fault, outcome in known if outcome]
                missing += len(known) - len(told[module])
    return told, missing


def red_without_a_fault():
    traces = [trace for part in PARTS for trace in Kept(KEPT / part / "traces.json").all.values()]
    return [name for trace in traces for name, test in trace["tests"].items() if test["red"]]


def of_100(told):
    """How many of 100 faults are noticed, each module weighed by its number of faults."""
    weights = {module: len(faults_of(module)) for module, tried in told.items() if tried}
    return sum(weight * share_of(told[module]) for module, weight in weights.items()) / sum(weights.values())


def share_of(tried):
    return 100 * sum(outcome == "noticed" for _fault, outcome in tried) / max(1, len(tried))


def write(told, missing):
    """Write the table, and each fault that lives on with its reason; returns those that have none."""
    rows, lists, unexplained = [], [], []
    for module, tried in told.items():
        alive = [fault for fault, outcome in tried if outcome != "noticed"]
        counts = len(faults_of(module)), len(tried), len(tried) - len(alive), len(alive)
        rows.append([module, *counts, f"{share_of(tried):.0f}" if tried else "–", RULES[module]["before"]])
        lists += ["", f"## What lives on in {module}", ""] if alive else []
        for fault in alive:
            why = _why(module, fault)
            lists.append(f"- {fault.function or 'in the module'}: {fault.words}. {why or '**No reason is known.**'}")
            if not why:
                unexplained.append(f"{module} {fault.function} {fault.words}")
    sums = [sum(row[place] for row in rows) for place in (1, 2, 3, 4)]
    rows.append(["**all**", *sums, f"{of_100(told):.1f}", BEFORE])
    table = "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in rows)
    still = f"\nOf the sample, {missing} faults have not been tried yet.\n" if missing else ""
    TABLE.write_text(ABOUT + table + still + "\n".join([*lists, ""]))
    return unexplained


def _why(module, fault):
    """The reason that is known for a fault: one of the function that is named, with these words in it."""
    for known in RULES[module].get("lives", []):
        if known.get("function", fault.function) == fault.function and known.get("fault", "") in fault.words:
            return known["why"]
    return ""
