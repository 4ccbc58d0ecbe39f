"""
Many who send slowly, until a line is typed: `slow send KIND NUMBER`. A few who read: `slow read SECONDS` says as JSON
what they had.

Each is a process of its own, so that readers wait for the server alone, and not for the slow of their own process.
"""

import asyncio
import json
import ssl
import sys
import time

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


async def send_slowly(kind, is_there):
    """A byte a second; whom the server has heard enough of comes again at once."""
    while True:
        try:
            reader, writer = await connect(ELSEWHERE)
            writer.write(BEGINNINGS[kind].encode())
            is_there.set()
            while not reader.at_eof():
                await asyncio.sleep(1)
                if kind != "nothing":
                    writer.write(b"a")
                    await writer.drain()
            writer.transport.abort()
        except OSError:
            await asyncio.sleep(1)


async def send(kind, number):
    """All of them at once; says so when each is there."""
    there = [asyncio.Event() for _connection in range(number)]
    slow = [asyncio.create_task(send_slowly(kind, is_there)) for is_there in there]
    await asyncio.gather(*(is_there.wait() for is_there in there))
    print("there", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for each in slow:
        each.cancel()


async def read_page(path, until, answers):
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            reader, writer = await connect(HERE)
            writer.write(f"GET {path} HTTP/1.1\r\n{HEAD}Connection: close\r\n\r\n".encode())
            answer = await asyncio.wait_for(reader.read(), 30)
            writer.transport.abort()
            status = answer[9:12].decode()
        except (OSError, TimeoutError):
            status = ""
        answers.append((status or "no answer", time.monotonic() - began))
        await asyncio.sleep(PAUSE)


async def read(lasts):
    answers: list = []
    until = time.monotonic() + lasts
    await asyncio.gather(*(read_page(path, until, answers) for path in PAGES * READERS))
    print(json.dumps(answers))


if __name__ == "__main__":
    what, *given = sys.argv[1:]
    asyncio.run(send(given[0], int(given[1])) if what == "send" else read(float(given[0])))
