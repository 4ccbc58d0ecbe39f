"""
A pytest plugin that puts faults into one module and sees which of them the tests notice.

Django is set up and the tests are collected once; each fault gets a child process of its own, in which the code of the
function is changed and the tests that ran its line are run, file by file as they were named and the fastest of each
first, until one fails: the tests of the subject itself should be named first. What stands outside
functions is done at import already, so such a fault is put in by a process that starts anew (`FAULT` in its
environment).
"""

import builtins
import importlib.machinery
import json
import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections import defaultdict
from gc import get_objects
from pathlib import Path
from types import CodeType, FunctionType

from _pytest.runner import runtestprotocol
from django.conf import settings
from django.db import connections

from tests.prove.faults import faults_of, tree_that_tells, tree_with

MOST_TESTS = 80  # for one fault, the first of those that run its line
MOST_TESTS_ANEW = 120  # for one outside of functions, the first of all
SLOWEST = 4  # seconds of the processor; tests that take more are left out
HANGS = 600  # seconds by the clock that are left beyond that
MOMENT = "closing"  # of a test that runs at three


def pytest_addoption(parser):
    parser.addoption("--faults-in", help="a module, by its path")
    parser.addoption("--write", help="where to write what became of its faults, as JSON")


def pytest_runtestloop(session):
    module = session.config.getoption("--faults-in")
    if module is None:
        return None
    run = _Run(session, module)
    run.begin()
    written = Path(session.config.getoption("--write"))
    results = run.results(written.with_suffix(".partial"))
    written.write_text(json.dumps(results, indent=1))
    return True


class _Run:
    """All faults of one module, one after another."""

    def __init__(self, session, module):
        self.session, self.module, self.path = session, module, str(Path(module).resolve())
        self.items = {item.nodeid: item for item in session.items if _moment_of(item) in (None, MOMENT)}

    def begin(self):
        """Make the database by a first test, and keep a copy of it that each child begins with."""
        first = next(item for item in self.items.values() if item.get_closest_marker("django_db"))
        assert self._is_green(first), f"{first} is red without any fault."
        connections.close_all()
        self.database = Path(settings.DATABASES["default"]["NAME"])
        assert self.database.suffix == ".sqlite3", "Faults are put in on SQLite."
        self.copy = self.database.with_suffix(".kept")
        shutil.copy(self.database, self.copy)

    def results(self, partial):
        """What became of each fault: (line, function, words, outcome, test). A run that was stopped goes on."""
        faults, told = faults_of(self.module), []
        if partial.exists():
            seconds, lines, red, told = json.loads(partial.read_text())
        else:
            seconds, lines, red = self._in_child(self._trace, limit=3600)
        files = list(dict.fromkeys(name.partition("::")[0] for name in self.items))
        good = [name for name in self.items if seconds[name] < SLOWEST and name not in red]
        good.sort(key=lambda name: (files.index(name.partition("::")[0]), seconds[name]))
        by_line = defaultdict(list)
        for name in good:
            for line in lines[name]:
                by_line[line].append(name)
        self._warm_up(good, lines)
        started, before = time.monotonic(), len(told)
        for fault in faults[before:]:
            if fault.function:
                names = _covering(fault, by_line)[:MOST_TESTS]
                limit = 20 + 8 * sum(seconds[name] for name in names)
                outcome = self._in_child(lambda f=fault, n=names: self._try(f, n), limit) if names else ("not run", "")
            else:
                outcome = self._try_anew(fault, good[:MOST_TESTS_ANEW])
            told.append([fault.line, fault.function, fault.words, *(outcome or ("killed", "time"))])
            partial.with_suffix(".new").write_text(json.dumps([seconds, lines, red, told]))
            partial.with_suffix(".new").replace(partial)
            rate = (time.monotonic() - started) / (len(told) - before)
            _show(self.module, told, len(faults), rate * (len(faults) - len(told)) / 60)
        return {"module": self.module, "red": red, "tests": len(seconds), "faults": told}

    def _warm_up(self, good, lines):
        """Run the test of each file that asks most of the module, so that no child has to compile its templates."""
        by_file = defaultdict(list)
        for name in good:
            by_file[name.partition("::")[0]].append(name)
        for names in by_file.values():
            self._is_green(self.items[max(names, key=lambda name: len(lines[name]))])
        connections.close_all()

    def _in_child(self, work, limit):
        """What `work` returns in a process of its own; None where it took too much of the processor, or hung."""
        shutil.copy(self.copy, self.database)
        for journal in self.database.parent.glob(f"{self.database.name}-*"):
            journal.unlink()
        reads, writes = os.pipe()
        child = os.fork()
        if not child:
            os.close(reads)
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
            signal.alarm(HANGS + int(limit))
            try:
                with os.fdopen(writes, "wb") as pipe:
                    pickle.dump(work(), pipe)
            except Exception:  # noqa: BLE001 - a fault of this plugin
                traceback.print_exc(file=sys.__stderr__)
            finally:
                os._exit(0)
        os.close(writes)
        with os.fdopen(reads, "rb") as pipe:
            written = pipe.read()
        os.waitpid(child, 0)
        return pickle.loads(written) if written else None

    def _trace(self):
        """How long each test takes, which lines of the module it runs, and which tests are red without any fault."""
        seconds, lines, red, seen = {}, {}, [], set()
        builtins.line_is_run = seen.add
        self._use_code_of(tree_that_tells(self.module, "line_is_run"))
        for name, item in self.items.items():
            seen.clear()
            started = time.process_time()
            if not self._is_green(item):
                red.append(name)
            seconds[name], lines[name] = time.process_time() - started, sorted(seen)
        return seconds, lines, red

    def _is_green(self, item):
        """Run a test; what belongs to the session, as the database, stays for the next."""
        return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=self.session))

    def _try(self, fault, names):
        """Change the code of the function, and run these tests until one fails."""
        self._use_code_of(tree_with(self.module, fault.number))
        red = next((name for name in names if not self._is_green(self.items[name])), None)
        return ("killed", red) if red else ("survived", f"{len(names)} tests")

    def _use_code_of(self, tree):
        """Give every function of the module the code that it has in this tree."""
        codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes(compile(tree, self.path, "exec"))}
        for function in get_objects():
            if type(function) is FunctionType and function.__code__.co_filename == self.path:
                code = codes.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
                if code and len(code.co_freevars) == len(function.__code__.co_freevars):
                    function.__code__ = code

    def _try_anew(self, fault, names):
        shutil.copy(self.copy, self.database)
        command = [sys.executable, "-m", "pytest", "-p", "tests.prove.faulty", "-n", "0", "-q", "-x", "--reuse-db"]
        listed = self.database.with_suffix(".tests")
        listed.write_text("\n".join(names))
        environment = os.environ | {"FAULT": f"{self.path}:{fault.number}"}
        try:
            done = subprocess.run(
                [*command, f"@{listed}"], env=environment, capture_output=True, text=True, check=False, timeout=600
            )
        except subprocess.TimeoutExpired:
            return None
        red = next((line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), "")
        return ("survived", f"{len(names)} tests") if done.returncode == 0 else ("killed", red or "at import")


def _moment_of(item):
    """The moment at which a test runs that runs at several; None for others."""
    return item.callspec.params.get("at_moment") if hasattr(item, "callspec") else None


def _codes(code):
    """All code of functions within, those of functions inside functions left out: they come with the outer one."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            if "<locals>" not in part.co_qualname:
                yield from _codes(part)


def _covering(fault, by_line):
    """The tests that run the line of a fault; of a statement on several lines, the nearest line above that is run."""
    return next((by_line[line] for line in range(fault.line, fault.line - 12, -1) if by_line.get(line)), [])


def _show(module, told, number, left):
    killed = sum(outcome == "killed" for *_place, outcome, _test in told)
    print(f"\r{module}: {len(told)} of {number}, {killed} killed, {left:.0f} min left ", end="", file=sys.__stderr__)
    if told[-1][3] != "killed":
        line, function, words, outcome, test = told[-1]
        print(f"\n  {outcome}: {line} {function} {words[:200]} ({test[-300:]})", file=sys.__stderr__, flush=True)


def _import_with_fault(path, number):
    """Have the module at that path come with a fault, whatever was compiled before."""
    usual = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader, name):
        if loader.path == path:
            return compile(tree_with(path, int(number)), path, "exec")
        return usual(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code


if wanted := os.environ.get("FAULT"):
    _import_with_fault(*wanted.rsplit(":", 1))
