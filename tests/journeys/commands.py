"""
A site in forks of one process that has loaded it, as to load it takes over a second: web server, worker, commands.

The process ends with whoever holds its input, and takes the web server and the worker with it.
"""

import json
import os
import signal
import sys
import traceback
from importlib import import_module
from tempfile import TemporaryFile

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from gunicorn.app import wsgiapp

from clinic_site.processes import WEB, WORKER


def _fork(act, said, errors):
    """Begin `act()` in a fork that says what it has to say in those files; returns its number."""
    fork = os.fork()
    if fork:
        return fork
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said.fileno(), 1)
    os.dup2(errors.fileno(), 2)
    os._exit(_code_of(act))


def _code_of(act):
    """Do it here, and give the exit code that a process of its own would end with."""
    try:
        act()
        return 0
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  whatever it is: the fork must not go on as its parent
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def _serve():
    sys.argv = list(WEB[2:])
    wsgiapp.run()


def _work():
    execute_from_command_line(list(WORKER[1:]))


def _run(arguments):
    """Run a command; returns its exit code, what it printed, and its errors."""
    with TemporaryFile("w+") as printed, TemporaryFile("w+") as errors:
        command = ["manage.py", *arguments]
        number = _fork(lambda: execute_from_command_line(command), printed, errors)
        _number, status = os.waitpid(number, 0)
        said = []
        for file in (printed, errors):
            file.seek(0)
            said.append(file.read())
        return os.waitstatus_to_exitcode(status), *said


def main():
    """Say the numbers of web server and worker, then carry out each line of the input."""
    django.setup()
    import_module(settings.ROOT_URLCONF)  # with all that the first request would load
    log = sys.stderr
    running = {"web": _fork(_serve, log, log), "worker": _fork(_work, log, log)}
    print(json.dumps(running), flush=True)
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)
    for number in running.values():
        os.kill(number, signal.SIGKILL)  # it is this process's child until it is waited for


if __name__ == "__main__":
    main()
