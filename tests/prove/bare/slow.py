"""Many who send slowly, and a few who read: `slow KIND NUMBER SECONDS` says as JSON what the readers had of it."""

import asyncio
import json
import ssl
import sys
import time
from collections import Counter

from tests.prove.bare import NAME

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"  # where readers and the slow come from
PAGES = ["/privacy/", "/consultation/", "/readyz"]
READERS, PAUSE = 2, 0.25  # of each page; seconds between two readings
HEAD = f"Host: {NAME}\r\n"
BEGINNINGS = {
    "nothing": "",
    "headers": f"GET / HTTP/1.1\r\n{HEAD}X-Slow: ",
    "bodies": f"POST /consultation/ HTTP/1.1\r\n{HEAD}Content-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 20000\r\n\r\nname=",
}


TRUSTING = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE


def connect(source):
    return asyncio.open_connection(HERE, 443, ssl=TRUSTING, server_hostname=NAME, local_addr=(source, 0))


async def send_slowly(kind, until):
    """A byte a second, for as long as the server listens to it."""
    try:
        _reader, writer = await connect(ELSEWHERE)
        writer.write(BEGINNINGS[kind].encode())
        while time.monotonic() < until:
            await asyncio.sleep(1)
            if kind != "nothing":
                writer.write(b"a")
                await writer.drain()
        writer.transport.abort()
    except OSError:
        return  # the server has heard enough


async def read_page(path, until, statuses, seconds):
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            reader, writer = await connect(HERE)
            writer.write(f"GET {path} HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n".encode())
            answer = await asyncio.wait_for(reader.read(), 30)
            writer.transport.abort()
            statuses[answer[9:12].decode() or "no answer"] += 1
        except (OSError, TimeoutError):
            statuses["no answer"] += 1
        seconds.append(time.monotonic() - began)
        await asyncio.sleep(PAUSE)


async def main(kind, number, lasts):
    statuses, seconds = Counter(), []
    until = time.monotonic() + lasts
    slow = [send_slowly(kind, until) for _connection in range(number)]
    readers = [read_page(path, until, statuses, seconds) for path in PAGES * READERS]
    await asyncio.gather(*slow, *readers)
    print(json.dumps({"statuses": statuses, "slowest": max(seconds, default=0)}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
