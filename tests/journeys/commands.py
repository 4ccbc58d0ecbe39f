"""Commands of manage.py, each in a fork of one process that has loaded a site: to load it takes over a second."""

import json
import os
import subprocess
import sys
import traceback
from tempfile import TemporaryFile

import django
from django.core.management import execute_from_command_line


class LoadedCommands:
    """That process, with a site's environment; it ends with `end`, or with the process that started it."""

    def __init__(self, folder, environment):
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments):
        """Run a command; returns its exit code, what it printed, and its errors."""
        self._process.stdin.write(f"{json.dumps(arguments)}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self):
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def _run_in_fork(arguments):
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as errors:
        fork = os.fork()
        if not fork:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(printed.fileno(), 1)
            os.dup2(errors.fileno(), 2)
            os._exit(_code_of(arguments))
        _fork, status = os.waitpid(fork, 0)
        said = []
        for file in (printed, errors):
            file.seek(0)
            said.append(file.read())
        return os.waitstatus_to_exitcode(status), *said


def _code_of(arguments):
    """Run it here, and give the exit code that a process of its own would end with."""
    try:
        execute_from_command_line(["manage.py", *arguments])
        return 0
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  whatever it is: the fork must not go on as its parent
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        print(json.dumps(_run_in_fork(json.loads(line))), flush=True)
