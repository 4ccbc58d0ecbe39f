"""A client that costs little beside what it measures: one thread, bare sockets, a question that is made beforehand."""

import select
import socket
import time


class Client:
    """
    Asks for one page over connections that stay open, on each again as soon as it was answered.

    Use as a context manager. Each answer has to be as long as the first. Raises OSError where the server does not
    answer.
    """

    def __init__(self, port, path, headers=(), connections=1):
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
        self.question = "\r\n".join(lines).encode()
        self.sockets = {}
        self.ready = select.epoll()
        for _connection in range(connections):
            connected = socket.create_connection(("127.0.0.1", port), timeout=30)
            self.sockets[connected.fileno()] = connected
            self.ready.register(connected, select.EPOLLIN)

    def __enter__(self):
        self.size = self._length_of_first()
        return self

    def __exit__(self, *_error):
        self.ready.close()
        for connected in self.sockets.values():
            connected.close()

    def ask(self, number) -> list[float]:
        """Ask that often; returns the seconds that each answer took."""
        began, left, taken, asked = {}, {}, [], 0
        waiting = list(self.sockets)[:number]
        while len(taken) < number:
            for file in waiting[: number - asked]:
                asked += 1
                began[file], left[file] = time.perf_counter(), self.size
                self.sockets[file].sendall(self.question)
            waiting = []
            for file, _event in self.ready.poll():
                got = len(self.sockets[file].recv(left[file]))
                if not got:
                    raise ConnectionError("the server closed a connection")
                left[file] -= got
                if not left[file]:
                    taken.append(time.perf_counter() - began[file])
                    waiting.append(file)
        return taken

    def _length_of_first(self):
        """The bytes of an answer, read to its end."""
        connected = next(iter(self.sockets.values()))
        connected.sendall(self.question)
        with connected.makefile("rb") as answer:
            size = length = 0
            for line in answer:
                size += len(line)
                if line == b"\r\n":
                    break
                name, _colon, value = line.lower().partition(b":")
                length = int(value) if name == b"content-length" else length
            if len(answer.read(length)) < length or not size:
                raise ConnectionError("the server closed a connection")
        return size + length
