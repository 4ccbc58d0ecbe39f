"""
Runs shipped units as systemd would, where there is no systemd: `units.py serve`, and `units.py start NAME …` and so on.

What it takes from a unit: user, folder, settings, sockets that are held and handed over, the word that a service is
ready, signals and time-outs, and starting again. It needs Python's own library alone.
"""

import json
import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

UNITS, CONTROL = Path("/etc/systemd/system"), "/run/units.sock"
OF_THE_MACHINE = {
    "nginx": {"start": "nginx", "stop": "nginx -s stop", "reload": "nginx -s reload"},
    "caddy": {"start": "caddy start --config /etc/caddy/Caddyfile", "stop": "caddy stop"},
}


class Unit:
    """The lines of a unit file: of each name the last, but of `Environment` all."""

    def __init__(self, name):
        self.name, self.lines, self.settings = name, {}, {}
        for line in (UNITS / name).read_text().splitlines():
            key, is_set, value = line.partition("=")
            if is_set and not line.startswith("#"):
                self.lines[key] = value
                if key == "Environment":
                    self.settings.update([value.split("=", 1)])

    def __getitem__(self, key):
        return self.lines.get(key, "")

    def environment(self):
        user = pwd.getpwnam(self["User"])
        found = {"PATH": "/usr/local/bin:/usr/bin:/bin", "USER": user.pw_name, "HOME": user.pw_dir, "LANG": "C.UTF-8"}
        for line in Path(self["EnvironmentFile"]).read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                key, _is_set, value = line.partition("=")
                found[key] = "".join(shlex.split(value))
        return found | self.settings


class Service:
    """A unit that runs: one process with its children, started again when it ends by itself."""

    def __init__(self, unit, listening):
        self.unit, self.listening, self.wanted = unit, listening, False
        self.pid, self.ended = 0, threading.Event()

    def start(self):
        self.wanted, self.ended = True, threading.Event()
        told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        place = f"/run/units-{self.unit.name}.notify"
        Path(place).unlink(missing_ok=True)
        told.bind(place)
        os.chmod(place, 0o666)
        told.settimeout(float(self.unit["TimeoutStartSec"].removesuffix("h") or 90))
        self.pid = os.fork()
        if not self.pid:
            self._become(place)
        threading.Thread(target=self._wait, args=[self.pid, self.ended], daemon=True).start()
        return self.unit["Type"] != "notify" or self._is_ready(told)

    def _is_ready(self, told):
        give_up = time.monotonic() + told.gettimeout()
        told.settimeout(0.2)
        while time.monotonic() < give_up and not self.ended.is_set():
            try:
                if b"READY=1" in told.recv(4096):
                    return True
            except TimeoutError:
                continue
        return False  # and as systemd does, it goes on to try, until somebody stops it

    def _become(self, notify):
        """In the child: what systemd does before it runs the program."""
        try:
            unit, user = self.unit, pwd.getpwnam(self.unit["User"])
            if unit["StateDirectory"]:
                state = Path("/var/lib") / unit["StateDirectory"]
                state.mkdir(mode=int(unit["StateDirectoryMode"], 8), exist_ok=True)
                os.chown(state, user.pw_uid, user.pw_gid)
            environment = unit.environment()
            log = os.open(f"/var/log/{unit.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.setsid()
            os.initgroups(user.pw_name, user.pw_gid)
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            os.umask(int(unit["UMask"] or "22", 8))
            os.chdir(unit["WorkingDirectory"])
            if unit["Type"] == "notify":
                environment["NOTIFY_SOCKET"] = notify
            if self.listening:
                os.dup2(self.listening.fileno(), 3)
                environment |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
            command = shlex.split(unit["ExecStart"].replace("$$", "$"))
            os.execve(command[0], command, environment)
        finally:
            os._exit(200)

    def _wait(self, pid, ended):
        os.waitpid(pid, 0)
        ended.set()
        if self.wanted and ended is self.ended and self.unit["Restart"] == "always":
            time.sleep(float(self.unit["RestartSec"] or 0.1))
            if self.wanted:
                self.start()

    def stop(self):
        self.wanted = False
        if self.pid and not self.ended.is_set():
            os.kill(self.pid, getattr(signal, self.unit["KillSignal"] or "SIGTERM"))
            if not self.ended.wait(float(self.unit["TimeoutStopSec"] or 90)):
                os.killpg(self.pid, signal.SIGKILL)
                self.ended.wait(5)


class Machine:
    """All units, and what is typed of them."""

    def __init__(self):
        self.services, self.sockets = {}, {}

    def socket_of(self, name):
        if name not in self.sockets:
            unit = Unit(name)
            host, port = unit["ListenStream"].rsplit(":", 1)
            self.sockets[name] = held = socket.socket()
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind((host, int(port)))
            held.listen(int(unit["Backlog"]))
        return self.sockets[name]

    def do(self, what, names):
        if what == "daemon-reload":
            return True
        return all([self.do_one(what, name) for name in names if not name.startswith("-")])

    def do_one(self, what, name):
        bare = name.removesuffix(".service")
        if bare in OF_THE_MACHINE:
            wanted = {"restart": ["stop", "start"], "enable": ["start"]}.get(what, [what])
            return [subprocess.run(shlex.split(OF_THE_MACHINE[bare][each])).returncode for each in wanted][-1] == 0
        if name.endswith(".socket"):
            return bool(self.socket_of(name))
        name = f"{bare}.service"
        if what in ("stop", "restart", "try-restart", "disable", "kill") and name in self.services:
            service = self.services[name]
            was_wanted = service.wanted
            service.stop()
            if what in ("stop", "disable") or not was_wanted:
                return True
        elif what in ("stop", "disable", "try-restart"):
            return True
        if what == "is-active":
            return name in self.services and self.services[name].wanted
        unit = Unit(name)
        held = self.socket_of(unit["Sockets"]) if unit["Sockets"] else None
        self.services[name] = Service(unit, held)
        return self.services[name].start()


def serve():
    """Take orders until the machine ends."""
    machine, orders = Machine(), socket.socket(socket.AF_UNIX)
    Path(CONTROL).unlink(missing_ok=True)
    orders.bind(CONTROL)
    orders.listen()
    while True:
        asking, _address = orders.accept()
        with asking, asking.makefile("rw") as lines:
            what, *names = json.loads(lines.readline())
            try:
                lines.write(json.dumps(machine.do(what, names)) + "\n")
            except Exception as error:  # noqa: BLE001 - whoever typed it hears of it
                lines.write(json.dumps(f"{type(error).__name__}: {error}") + "\n")


def type_in(arguments):
    """As `systemctl` does; exits with 1 where it did not work."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(CONTROL)
        with asking.makefile("rw") as lines:
            lines.write(json.dumps(arguments) + "\n")
            lines.flush()
            answer = json.loads(lines.readline())
    if answer is not True:
        sys.exit(f"systemctl {' '.join(arguments)}: {answer}")


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else type_in(sys.argv[1:])
