"""
A pytest plugin that puts faults into modules and sees which of them the tests notice.

Django is set up, the tests are collected and the database is made once. A first run of each test says which lines of
the modules it runs, and how long it takes. Each fault then gets a child process of its own, in which the code of its
function is changed and the tests that run its line are run until one fails: those that noticed most in the module
first, then those of its own subject, then all others, the fastest first. What stands outside functions is done at
import already: a name of the module is given its other value wherever it is known, and what then lives on, or is no
such name, is tried by a process that starts anew (`FAULT` in its environment).

All that was found is kept at once, and holds until the module or a test that told it changes.
"""

import ast
import builtins
import gc
import importlib.machinery
import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter, defaultdict
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType

from _pytest.runner import runtestprotocol
from django.db import connections

from tests import databases
from tests.prove.faults import sample_of, tree_that_tells, tree_with
from tests.prove.kept import Kept, digest_of

MOST_TESTS = 60  # for one fault
MOST_SECONDS = 8  # of the processor, for all of these
MOST_TESTS_ANEW = 40  # for one outside of functions
SLOWEST = 4  # seconds of the processor; tests that take more are left out
MOMENT = "closing"  # of a test that runs at three


def pytest_addoption(parser):
    parser.addoption("--faults-in", help="modules and the files of their own tests, as JSON")
    parser.addoption("--faults-kept", help="the folder in which is kept what became of the faults")
    parser.addoption("--sample", type=int, help="how many faults of each module")
    parser.addoption("--ends", type=float, help="when to stop, in seconds of the epoch")


def pytest_runtestloop(session):
    if not session.config.getoption("--faults-in"):
        return None
    _Run(session).run()
    return True


class _Run:
    """The faults of some modules, one after another."""

    def __init__(self, session):
        option = session.config.getoption
        self.session, self.size, self.ends = session, option("--sample"), option("--ends")
        self.own = json.loads(option("--faults-in"))
        self.items = {item.nodeid: item for item in session.items if _moment_of(item) in (None, MOMENT)}
        self.traces = Kept(Path(option("--faults-kept")) / "traces.json")
        self.outcomes = Kept(Path(option("--faults-kept")) / "outcomes.json")

    def run(self):
        first = next(item for item in self.items.values() if item.get_closest_marker("django_db"))
        assert self._is_green(first), f"{first} is red without any fault."  # which makes the database
        connections.close_all()
        self.functions = _functions_by_path()
        files = list(dict.fromkeys(map(_file_of, self.items)))
        self._in_child(lambda: self._trace(files), limit=3600)
        self.traces = Kept(self.traces.file)
        if all(self._is_traced(file) for file in files):
            self._warm_up(files)
            for module, fault in in_turns({module: sample_of(module, self.size) for module in self.own}):
                if self._has_time():
                    self._see(module, fault)

    def _has_time(self):
        return time.time() < self.ends

    def _is_traced(self, file):
        """Whether it is known what this file runs of these modules, as all of them are now."""
        known = self.traces.all.get(file, {}).get("digests", {})
        return all(known.get(each) == digest_of([each]) for each in (file, *self.own))

    def _trace(self, files):
        """How long each test of these files takes, what lines it runs, and whether it is red without any fault."""
        seen = set()
        builtins.line_is_run = lambda module, line: seen.add((module, line))
        for module in self.own:
            self._use_code_of(module, tree_that_tells(module, "line_is_run"))
        for file in (file for file in files if not self._is_traced(file)):
            told = {}
            for name in (name for name in self.items if _file_of(name) == file and self._has_time()):
                seen.clear()
                started = sum(os.times()[:4])  # of this process and of those it waited for
                is_red = not self._is_green(self.items[name])
                told[name] = {"seconds": sum(os.times()[:4]) - started, "red": is_red, "lines": sorted(seen)}
            if self._has_time():
                digests = {each: digest_of([each]) for each in (file, *self.own)}
                self.traces.keep(file, {"digests": digests, "tests": told})
                _show(f"{file}: {len(told)} tests")

    def _warm_up(self, files):
        """Run the test of each file that asks most of the modules, so that no child has to compile its templates."""
        self.tests = {name: test for file in files for name, test in self.traces.all[file]["tests"].items()}
        self.by_line, self.noticed = defaultdict(list), defaultdict(Counter)
        for name, test in self.tests.items():
            for module, line in test["lines"]:
                if test["seconds"] < SLOWEST and not test["red"]:
                    self.by_line[module, line].append(name)
        for file in files:
            told = self.traces.all[file]["tests"]
            if told:
                self._is_green(self.items[max(told, key=lambda name: len(told[name]["lines"]))])
        connections.close_all()

    def _see(self, module, fault):
        """What becomes of a fault, unless that is known and holds."""
        names = self._asked(module, fault)
        key, known = f"{module} {fault.number}", self.outcomes.all.get(f"{module} {fault.number}", {})
        if known.get("digest") == digest_of([module, *map(_file_of, known.get("tests", names))]) and (
            known["outcome"] == "noticed" or set(known["tests"]) == set(names)
        ):
            self.noticed[module].update(known["tests"] if known["outcome"] == "noticed" else [])
            return
        if not names:
            outcome, told_by = "not run", []
        else:
            limit = 20 + 8 * sum(self.tests[name]["seconds"] for name in names)
            outcome, told_by = self._in_child(lambda: self._try(module, fault, names), limit) or ("noticed", [])
        if outcome == "lives on" and not fault.function:
            outcome, told_by = self._try_anew(module, fault, names)
        if outcome == "noticed":
            self.noticed[module].update(told_by)
        digest = digest_of([module, *map(_file_of, told_by)])
        self.outcomes.keep(key, {"digest": digest, "outcome": outcome, "tests": told_by})
        _show(f"{outcome}: {module} {fault.line} {fault.function} {fault.words[:200]} ({', '.join(told_by[:1])})")

    def _asked(self, module, fault):
        """The tests for a fault: those that run its statement; of one outside of functions, those that run any."""
        if fault.function:
            names = self.by_line[module, fault.statement]
        else:
            names = sorted(
                {name for (where, _line), names in self.by_line.items() if where == module for name in names}
            )
        own = [f"tests/{file}.py" for file in self.own[module]]
        most = MOST_TESTS if fault.function else MOST_TESTS_ANEW
        fastest = sorted(names, key=lambda name: (_file_of(name) not in own, self.tests[name]["seconds"]))[:most]
        lengths = accumulate(self.tests[name]["seconds"] for name in fastest)
        fastest = [name for name, length in zip(fastest, lengths, strict=True) if length < MOST_SECONDS]
        return sorted(fastest, key=lambda name: -self.noticed[module][name]) if fault.function else fastest

    def _in_child(self, work, limit):
        """What `work` returns in a process of its own; None where it took too much of the processor, or hung."""
        reads, writes = os.pipe()
        child = os.fork()
        if not child:
            os.close(reads)
            resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 1))
            signal.alarm(300 + 4 * int(limit))
            try:
                databases.restore()
                with os.fdopen(writes, "wb") as pipe:
                    pickle.dump(work(), pipe)
            except Exception:  # noqa: BLE001 - a fault of this plugin, which must not count as noticed
                traceback.print_exc(file=sys.__stderr__)
                os._exit(1)
            os._exit(0)
        os.close(writes)
        with os.fdopen(reads, "rb") as pipe:
            written = pipe.read()
        _child, status = os.waitpid(child, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            return "could not be tried", []
        return pickle.loads(written) if written else None

    def _is_green(self, item):
        """Run a test; what belongs to the session, as the database, stays for the next."""
        return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=self.session))

    def _try(self, module, fault, names):
        """Change the code of the function, or the value of the name, and run these tests until one fails."""
        tree = tree_with(module, fault.number)
        if fault.function:
            self._use_code_of(module, tree)
        elif not _use_value_of(module, tree, fault.line):
            return "lives on", names
        red = next((name for name in names if not self._is_green(self.items[name])), None)
        return ("noticed", [red]) if red else ("lives on", names)

    def _use_code_of(self, module, tree):
        """Give every function of the module the code that it has in this tree."""
        path = str(Path(module).resolve())
        codes = defaultdict(list)
        for code in _codes(compile(tree, path, "exec")):
            codes[code.co_qualname, code.co_firstlineno].append(code)
        for function in self.functions[path]:
            same = codes[function.__code__.co_qualname, function.__code__.co_firstlineno]
            # Of two lambdas on one line nobody knows which is which; they stay as they are.
            if len(same) == 1 and len(same[0].co_freevars) == len(function.__code__.co_freevars):
                function.__code__ = same[0]

    def _try_anew(self, module, fault, names):
        command = [sys.executable, "-m", "pytest", "-p", "tests.prove.faulty", "-n", "0", "-q", "-x", "--tb=no"]
        listed = self.outcomes.file.with_name("tests.txt")
        listed.write_text("\n".join(names))
        environment = os.environ | {"FAULT": f"{Path(module).resolve()}:{fault.number}"}
        done = subprocess.run([*command, f"@{listed}"], env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return "lives on", names
        red = [line.split(" ")[1] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return "noticed", [name for name in red if name in self.items][:1]


def in_turns(samples):
    """The first fault of each module, then the second of each, so that a run that stops has seen some of all."""
    most = max(map(len, samples.values()))
    return [(module, faults[n]) for n in range(most) for module, faults in samples.items() if n < len(faults)]


def _file_of(name):
    return name.partition("::")[0]


def _moment_of(item):
    """The moment at which a test runs that runs at several; None for others."""
    return item.callspec.params.get("at_moment") if hasattr(item, "callspec") else None


def _functions_by_path():
    """All functions there are, by the file in which they are written."""
    gc.unfreeze()  # those that tests/conftest.py keeps from being looked through are told, too
    found = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType:
            found[each.__code__.co_filename].append(each)
    gc.freeze()
    return found


def _use_value_of(module, tree, line):
    """Give a name of the module the value that it has in this tree, wherever it is known; whether there is one."""
    statement = next(each for each in reversed(tree.body) if each.lineno <= line)
    if not isinstance(statement, ast.Assign | ast.AnnAssign):
        return False
    own = dict(vars(sys.modules[module.removesuffix(".py").replace("/", ".")]))
    new = dict(own)
    exec(compile(ast.Module([statement], []), module, "exec"), new)
    for name in (name for name in own if new[name] is not own[name]):
        for each in list(sys.modules.values()):
            if getattr(each, "__dict__", {}).get(name) is own[name]:
                setattr(each, name, new[name])
    return True


def _codes(code):
    """All code of functions within, those of functions inside functions left out: they come with the outer one."""
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            if "<locals>" not in part.co_qualname:
                yield from _codes(part)


def _show(words):
    print(words, file=sys.__stderr__, flush=True)


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
