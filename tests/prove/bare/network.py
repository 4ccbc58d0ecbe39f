"""Several machines: namespaces with an address each, joined by a bridge, on a bare machine that is their proxy."""

from tests.prove.bare import MAIL_PORT, ROOT
from tests.prove.bare.following import steps_of
from tests.prove.bare.machine import PYTHON

PROXY, DATA, WORKER = "10.9.0.1", "10.9.0.20", "10.9.0.13"
WEB = {"web1": "10.9.0.11", "web2": "10.9.0.12"}
STORE_PORT, BUCKET = 9000, "clinic-pictures"
CURL = "curl --silent --max-time 5"
LAY = f"""
ip link add clinic type bridge
ip addr add {PROXY}/24 dev clinic
ip link set clinic up
mkdir -p /run/netns
"""
JOIN = """
ip netns add {name}
ip link add to-{name} type veth peer name eth0 netns {name}
ip link set to-{name} master clinic up
ip -n {name} addr add {address}/24 dev eth0
ip -n {name} link set eth0 up
ip -n {name} link set lo up
ip -n {name} route add default via {proxy}
"""
DATABASE = f"""
pg_ctlcluster 15 main stop
echo "listen_addresses = '*'" >> /etc/postgresql/15/main/postgresql.conf
echo "host clinic clinic 10.9.0.0/24 trust" >> /etc/postgresql/15/main/pg_hba.conf
ip netns exec data pg_ctlcluster 15 main start
redis-cli shutdown nosave || true
ip netns exec data redis-server --bind {DATA} --protected-mode no --daemonize yes --save "" > /dev/null
"""
SETTINGS = f"""
sed -i -e 's#^DATABASE_URL=.*#DATABASE_URL=postgres://clinic@{DATA}/clinic#' \\
    -e 's#^REDIS_URL=.*#REDIS_URL=redis://{DATA}:6379/0#' \\
    -e "s/^#MEDIA_STORE=.*/MEDIA_STORE='s3+http:\\/\\/key:secret@{DATA}:{STORE_PORT}\\/{BUCKET}'/" \\
    -e 's#^EMAIL_URL=.*#EMAIL_URL=smtp://{PROXY}:{MAIL_PORT}#' /etc/clinic/environment
"""
HOST = """
install -d -m 700 -o clinic -g clinic /var/lib/{name}
cd /srv/clinic/releases/1
exec ip netns exec {name} setpriv --reuid=clinic --regid=clinic --init-groups sh -c '
    set -a; . /etc/clinic/environment; DATA_DIR=/var/lib/{name}
    exec .venv/bin/python {program}' >> /var/log/{name}.log 2>&1
"""
SERVE = "-m gunicorn -c clinic_site/gunicorn.conf.py --bind {address}:8000"
LINES = "    server {0}:8000 max_fails=5 fail_timeout=5s;\\n    server {0}:8000 max_fails=0 backup;\\n"
UPSTREAM = "".join(LINES.format(address) for address in WEB.values())


def lay_network(machine):
    """The data, with a store that speaks S3, then the program by the letter of *Install*, and the proxy."""
    machine.run(LAY)
    for name, address in {"data": DATA, "work": WORKER, **WEB}.items():
        machine.run(JOIN.format(name=name, address=address, proxy=PROXY))
    steps = {step.title.partition(".")[0]: step for step in steps_of("Install")}
    for number in "1234":
        machine.run(steps[number].script)
    machine.run(DATABASE)
    machine.run(SETTINGS)
    start_store(machine)
    machine.run(
        "cd /srv/clinic/releases/1; scripts/set-up run; ln -s releases/1 /srv/clinic/current; clinic check; "
        "clinic migrate --no-input --verbosity 0; clinic load_guide; clinic collectstatic --no-input --verbosity 0"
    )
    proxy = steps["6"].script.partition("systemctl restart nginx")[0]
    machine.run(
        f"cd /srv/clinic/releases/1; {proxy}\n"
        f"sed -i 's/^    server 127.0.0.1:8000.*/{UPSTREAM}/' /etc/nginx/sites-available/clinic.conf; nginx -t; nginx"
    )


def start_store(machine):
    """An S3-compatible server, in the tests' own Python."""
    serve = f"ip netns exec data {PYTHON} -m moto.server -H {DATA} -p {STORE_PORT}"
    machine.start(f"cd {ROOT}; exec {serve} > /var/log/store.log 2>&1")
    address = f"{DATA}:{STORE_PORT}"
    machine.wait_until(f"{CURL} {address} > /dev/null")
    machine.run(f"{CURL} --fail --request PUT {address}/{BUCKET}")


def start_web(machine, name):
    machine.start(HOST.format(name=name, program=SERVE.format(address=WEB[name])))
    machine.wait_until(f"{CURL} --fail {WEB[name]}:8000/healthz")


def start_worker(machine):
    machine.start(HOST.format(name="work", program="manage.py run_worker"))


def kill(machine, name):
    """As when the power is gone: no process of it is left."""
    machine.run(f"ip netns pids {name} | xargs --no-run-if-empty kill -9")
