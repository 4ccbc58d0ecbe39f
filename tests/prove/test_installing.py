"""Operations followed word for word on a bare tree: the site is up, a request is sent, its mail arrives."""

import re
import time

import pytest

from tests.prove.bare import NAME, ROOT
from tests.prove.bare.crowds import wait_for_mail
from tests.prove.bare.following import steps_of
from tests.prove.bare.machine import BareMachine, is_possible
from tests.prove.bare.pictures import check_picture_from_disk

pytestmark = [pytest.mark.prove, pytest.mark.skipif(bool(is_possible()), reason=is_possible() or "-")]

TABLE = ROOT / "docs" / "proofs" / "installing.md"
MINUTES = 20
CURL = f"curl --silent --show-error --cacert /etc/clinic/tls/fullchain.pem https://{NAME}"
SEND = f"""
token=$({CURL}/consultation/ | sed -n 's/.*name="form_token"[^>]*value="\\([^"]*\\)".*/\\1/p' | head -n 1)
sleep 4
{CURL}/consultation/ --output /dev/null --write-out '%{{http_code}} %{{redirect_url}}' \\
    --data-urlencode name='Pat Example' --data contact_by=email --data-urlencode email=pat@patient.example \\
    --data consent=on --data-urlencode form_token="$token"
"""


def test_operations_can_be_followed_to_the_letter():
    rows, began = [], time.monotonic()
    with BareMachine() as machine:
        machine.play("tests.prove.bare.mail")
        typed = ""
        for step in steps_of("Install"):
            if not step.script:
                continue
            at, folder = time.monotonic(), "cd /srv/clinic/releases/1\n" if "releases/1" in typed else ""
            said = machine.run(folder + step.script)
            typed += step.script
            assert all(words in said for words in step.seen), f"{step.title}: {step.seen}\n{said}"
            if "clinic doctor" in step.script:
                check_advice(said)
            seen = ", ".join(f"`{words}`" for words in step.seen) or "–"
            rows.append(f"| {step.title} | {seen} | {time.monotonic() - at:.0f} |")
            print(rows[-1])
        status, address = machine.run(SEND).split()
        assert (status, "/consultation/received/" in address) == ("303", True)
        wait_for_mail(machine, ["pat@patient.example"])
        taken = time.monotonic() - began
        token = address.rpartition("/received/")[2].strip("/")
        assert taken < MINUTES * 60
        assert machine.run(f"{CURL}/consultation/received/{token}/ -o /dev/null -w '%{{http_code}}'") == "200"
        check_logs(machine, token)
        check_static(machine)
        check_picture_from_disk(machine)
        assert "advice" in machine.run("clinic doctor")
        checked = [check_file(machine, *each) for each in CHECKERS]
    TABLE.write_text("\n".join([BEGINNING, *rows, END.format(seconds=taken), *checked, ""]))


BEGINNING = """# Operations, followed to the letter

Written by `make prove ARGS=installing`: what *Install* in [operations](../operations.md) tells to type was typed, block
by block, as root of a bare tree with its own user, PostgreSQL, Redis, network and nginx. `systemctl` was played by a
program that reads the shipped units, `apt-get` found its packages there, `editor` filled in the mail server. Then a
request was sent through nginx, over https, and its mail was taken by a server on loopback.

| step | seen | seconds |
|---|---|---:|"""
END = """
All of it, with the request and its mail: {seconds:.0f} s. `doctor` ended with 0 and listed advice alone. nginx's log
held neither the private link nor an address. Static files came from the disk, compressed ahead; a picture came from the
disk by `X-Accel-Redirect` while its consent ran, then no more, and never at an address of its own.

Each file of `deploy/` was read by the program that it is for:

| files | asked | said by |
|---|---|---|"""


# Files, the command that reads them, the one that says its version, and what it says when all is well.
CHECKERS = [
    ("units", "systemd-analyze verify /etc/systemd/system/clinic-*", "systemd-analyze --version", ""),
    ("nginx", "nginx -t", "nginx -v", "test is successful"),
    ("Caddy", "caddy validate --config /srv/clinic/current/deploy/caddy/Caddyfile", "caddy version", "Valid config"),
    ("compose", "docker-compose --file /root/compose/compose.yaml config --quiet", "docker-compose --version", ""),
]


def check_file(machine, files, command, version, words):
    """A line of the table: what was asked, and who said that all is well."""
    program = command.split()[0]
    if program not in machine.run(f"command -v {program} || true"):
        return f"| {files} | `{program}` | not installed |"
    machine.run(
        "mkdir -p /root/compose; cp /srv/clinic/current/deploy/container/compose.yaml /root/compose/; "
        "cp /etc/clinic/environment /root/compose/"
    )
    said = machine.run(command)
    assert words in said if words else not said.strip(), said
    return f"| {files} | `{command}` | {machine.run(version).splitlines()[0].removeprefix('nginx version: ')} |"


def check_advice(said):
    """What `doctor` said, at the end of a step."""
    lines = [line for line in said.splitlines() if re.match(r"(stop|trouble|advice) ", line)]
    assert lines and all(line.startswith("advice") for line in lines), said


def check_logs(machine, token):
    log = machine.said("var/log/nginx/clinic.log")
    assert re.search(r" 303 POST /consultation ", log), log
    everything = machine.run("cat /var/log/nginx/*.log /var/log/clinic-*.log")
    assert token not in everything and "form_token" not in everything
    assert not re.search(r"\b127\.0\.0\.1 - ", everything)


def check_static(machine):
    sheet = re.search(r'href="(/static/css/site\.[^"]+\.css)"', machine.run(f"{CURL}/"))[1]
    headers = machine.run(f"{CURL}{sheet} --head --header 'Accept-Encoding: br'").lower()
    assert "content-encoding: br" in headers and "immutable" in headers, headers
    assert "x-request-id" not in headers  # it was the proxy that answered
