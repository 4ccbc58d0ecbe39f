"""
Small faults are put into each module that holds rules, one at a time: the tests of its subject notice them.

`rules.toml` names the modules with their tests, and why a fault lives on. What became of a module's faults is kept in
`var/faults/` and used again until the module or its tests change, so a run that was stopped goes on where it was.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.site import ROOT

pytestmark = pytest.mark.prove

HERE = Path(__file__).parent
RULES = tomllib.loads((HERE / "rules.toml").read_text())
TOOL = [Path(__file__).with_name(name) for name in ("faults.py", "faulty.py")]
KEPT = ROOT / "var" / "faults"
TABLE = ROOT / "docs" / "proofs" / "mutations.md"
AT_ONCE, MINUTES = 2, 40
NOTICED_OF_100 = 85
ABOUT = """\
# Faults that the tests notice

Written by `make prove`. One fault at a time is put into a module that holds rules: a border, a sign, a criterion, an
argument or a call that is left out. The tests of its subject that run its line are run, the fastest sixty, until one
fails. Not among the faults: texts, translations, names, logging, and what models declare as fields and constraints,
which the check of migrations and tests of the database hold. 'Before' is what was noticed when this was first asked.

| module | faults | noticed | live on | of 100 | before, of 100 |
|---|---:|---:|---:|---:|---:|
"""


def test_the_tests_notice_the_faults_that_rules_could_have():
    ends = time.monotonic() + MINUTES * 60
    with ThreadPoolExecutor(AT_ONCE) as lanes:
        told = [each for each in lanes.map(lambda module: faults_in(module, ends), RULES) if each]
    unexplained = write(told)
    assert {each["module"] for each in told} == set(RULES), "There was no time for some modules: run it again."
    assert not [name for each in told for name in each["red"]], "Tests that are red without any fault."
    assert of_100(told) >= NOTICED_OF_100
    assert not unexplained


def faults_in(module, ends):
    """What became of the faults of a module; None where no time is left to find out."""
    tests = [f"tests/{test}.py" for test in RULES[module]["tests"]]
    kept = KEPT / module.replace("/", "-").removesuffix(".py")
    read = [ROOT / module, *(ROOT / test for test in tests), *TOOL]
    written = kept / f"{hashlib.sha256(b''.join(file.read_bytes() for file in read)).hexdigest()}.json"
    if not written.exists():
        kept.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.prove.faulty",
            "-p",
            "no:cacheprovider",
            "-n",
            "0",
            "-q",
        ]
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        try:
            subprocess.run(
                [*command, "--faults-in", module, "--write", written, *tests],
                cwd=ROOT,
                env=environment | {"DATA_DIR": str(kept)},
                timeout=max(1, ends - time.monotonic()),
                check=True,
            )
        except subprocess.TimeoutExpired:
            return None
    return json.loads(written.read_text())


def of_100(told):
    faults = [fault for each in told for fault in each["faults"]]
    return 100 * sum(_is_noticed(fault) for fault in faults) / max(1, len(faults))


def write(told):
    """Write the table, and each fault that lives on with its reason; returns those that have none."""
    rows, lists, unexplained = [], [], []
    for each in told:
        module, faults = each["module"], each["faults"]
        alive = [fault for fault in faults if not _is_noticed(fault)]
        counts = len(faults), len(faults) - len(alive), len(alive), f"{of_100([each]):.0f}", RULES[module]["before"]
        rows.append([module, *counts])
        lists += ["", f"## What lives on in {module}", ""] if alive else []
        for _line, function, words, _outcome, _test in alive:
            why = _why(module, function, words)
            lists.append(f"- {function or 'in the module'}: {words}. {why or '**No reason is known.**'}")
            if not why:
                unexplained.append(f"{module} {function} {words}")
    faults, noticed, alive = (sum(row[place] for row in rows) for place in (1, 2, 3))
    rows.append(["**all**", faults, noticed, alive, f"{of_100(told):.1f}", ""])
    table = "".join(f"| {' | '.join(str(cell) for cell in row)} |\n" for row in rows)
    TABLE.write_text(ABOUT + table + "\n".join([*lists, ""]))
    return unexplained


def _is_noticed(fault):
    return fault[3] == "killed"


def _why(module, function, words):
    """The reason that is known for a fault: one of the function that is named, with these words in it."""
    known = RULES[module].get("lives", [])
    meant = (each for each in known if each.get("function", function) == function and each.get("fault", "") in words)
    return next((each["why"] for each in meant), "")
