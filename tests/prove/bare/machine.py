"""The bare machine: the programs of this one, and nothing else of it. Needs root, and what Debian has of servers."""

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.prove.bare import MAIL_PORT, NAME, ROOT

LEFT_BEHIND = (".git", ".venv", "var", "__pycache__", "node_modules", ".mypy_cache", ".ruff_cache", ".pytest_cache")
WHEELS = ROOT / "var" / "wheels" / hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()[:12]
PYTHON = ROOT / ".venv" / "bin" / "python"  # with which the machine's surroundings are played

APT_GET = """#!/bin/sh
# The packages are there; the first of a line names no package.
shift
for package; do
    case $package in --*) ;; *) dpkg --status "$package" >/dev/null || exit 1 ;; esac
done
"""
EDITOR = f"""#!/bin/sh
sed -i "s#^EMAIL_URL=.*#EMAIL_URL=smtp://127.0.0.1:{MAIL_PORT}#" "$1"
"""
SYSTEMCTL = """#!/bin/sh
exec /usr/bin/python3 /root/units.py "$@"
"""
BEGIN = """
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/postgresql /run/redis
chown postgres:postgres /run/postgresql
ip link set lo up
rm -rf /etc/postgresql/* /var/lib/postgresql/* /srv/clinic /etc/clinic /var/lib/clinic
pg_createcluster 15 main --port 5432 >/dev/null
pg_ctlcluster 15 main start
redis-server --bind 127.0.0.1 --port 6379 --daemonize yes --save "" >/dev/null
exec /usr/bin/python3 /root/units.py serve
"""


class BareMachine:
    """Use as a context manager. `run` types something as root and returns what was said."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bare-"))
        self.tree = self.folder / "tree"
        self.started = []

    def __enter__(self):
        with ExitStack() as stack:
            stack.callback(self._unmount)
            self._mount()
            self._furnish()
            self.init = self._begin()
            stack.callback(self._end)
            self.wait_until("[ -S /run/units.sock ]")
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_error):
        self.stack.close()

    def _end(self):
        for process in [self.init, *self.started]:  # the first takes all others of the machine along
            process.kill()
            process.communicate()

    def _unmount(self):
        for place in (self.tree / str(ROOT)[1:], self.tree / "dev", self.tree, self.folder):
            if place.is_mount():
                subprocess.run(["umount", "--recursive", "--lazy", place], check=True)
        self.folder.rmdir()

    def _mount(self):
        mount = ["mount", "-t"]
        subprocess.run([*mount, "tmpfs", "-o", "size=3g", "none", self.folder], check=True)
        upper, work = self.folder / "upper", self.folder / "work"
        for folder in (self.tree, upper, work):
            folder.mkdir()
        options = f"lowerdir=/,upperdir={upper},workdir={work}"
        subprocess.run([*mount, "overlay", "overlay", "-o", options, self.tree], check=True)
        subprocess.run(["mount", "--rbind", "/dev", self.tree / "dev"], check=True)
        subprocess.run(["mount", "--make-rslave", self.tree / "dev"], check=True)
        project = self.tree / str(ROOT)[1:]
        project.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", ROOT, project], check=True)

    def _furnish(self):
        for name, text in {"apt-get": APT_GET, "editor": EDITOR, "systemctl": SYSTEMCTL}.items():
            program = self.tree / "usr/local/sbin" / name
            program.write_text(text)
            program.chmod(0o755)
        shutil.copy(Path(__file__).with_name("units.py"), self.tree / "root/units.py")
        (self.tree / "etc/hosts").write_text(f"127.0.0.1 localhost {NAME}\n")
        self.copy_project("root/clinic-site")
        self._wheels()

    def _wheels(self):
        """The packages that set-up installs, kept for the next run: the machine has no way to the outside."""
        if (WHEELS / "all").exists():
            return
        wanted = ["--require-hashes", "--requirement", ROOT / "requirements.txt", "--dest", WHEELS]
        own = self.folder / "pip"  # of Debian's Python, which is the one that will install them
        subprocess.run(["/usr/bin/python3", "-m", "venv", own], check=True)
        subprocess.run([own / "bin/pip", "download", "--quiet", *wanted], check=True, stderr=subprocess.DEVNULL)
        (WHEELS / "all").touch()

    def copy_project(self, place):
        """A copy of this project, as somebody brings it to the machine."""
        shutil.copytree(ROOT, self.tree / place, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        return self.tree / place

    def _begin(self):
        # It ends with whoever began it, however that ends.
        own = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]
        with (self.tree / "root/init.log").open("wb") as log:
            return subprocess.Popen(
                [*own, "chroot", self.tree, "bash", "-ec", BEGIN], env=self._environment(), stdout=log, stderr=log
            )

    def _environment(self):
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(WHEELS),
        }

    def _inside(self):
        """The process number of the first process of the machine, as this one knows it."""
        children = Path(f"/proc/{self.init.pid}/task/{self.init.pid}/children")
        while not (found := children.read_text().split()):
            assert self.init.poll() is None, self.said("root/init.log")
            time.sleep(0.1)
        return found[0]

    def command(self, script):
        inside = self._inside()
        enter = ["nsenter", f"--net=/proc/{inside}/ns/net", f"--mount=/proc/{inside}/ns/mnt"]
        return [*enter, f"--pid=/proc/{inside}/ns/pid", "chroot", str(self.tree), "bash", "-ec", script]

    def run(self, script, check=True, seconds=1800):
        done = subprocess.run(
            self.command(script), env=self._environment(), capture_output=True, text=True, timeout=seconds
        )
        assert not check or done.returncode == 0, (
            f"{script}\n{done.stdout}\n{done.stderr}\n{self.said('root/init.log')}"
        )
        return done.stdout + done.stderr

    def wait_until(self, condition, seconds=300):
        """Look at a condition of the shell five times a second; an AssertionError when it has not come by then."""
        loop = f"until {condition}; do sleep 0.2; done"
        self.run(
            f"timeout {seconds} bash -c {shlex.quote(loop)} || {{ echo never: {shlex.quote(condition)}; exit 1; }}"
        )

    def start(self, script):
        """Begin something that goes on until the machine ends; what it says comes by its pipe."""
        begun = subprocess.Popen(
            self.command(script), env=self._environment(), stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
        )
        self.started.append(begun)
        return begun

    def said(self, name):
        """The text of a file of the machine."""
        file = self.tree / name
        return file.read_text(errors="replace") if file.exists() else ""

    def play(self, module):
        """Begin a module of these proofs on the machine, in the tests' own Python."""
        return self.start(f"cd {ROOT} && exec {PYTHON} -m {module}")


def is_possible():
    """Why there can be no bare machine here, or nothing."""
    if os.geteuid() != 0:
        return "it needs root"
    lacking = [name for name in ("nginx", "caddy", "pg_createcluster", "redis-server") if not shutil.which(name)]
    return f"not installed: {', '.join(lacking)}" if lacking else ""
