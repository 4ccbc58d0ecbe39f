"""What a table holds, as a number of rows and a digest: equal for equal rows, in whatever order they are read."""

import hashlib

Tables = dict[str, dict]  # of each table its rows and digest

SIZE = 2**256


def what_it_holds(columns, rows) -> dict:
    """The number of the rows, and the sum of their digests: no order, which two databases could see differently."""
    total, number = 0, 0
    for row in rows:
        total += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode()).digest(), "big")
        number += 1
    digest = hashlib.sha256(f"{list(columns)} {total % SIZE}".encode()).hexdigest()
    return {"rows": number, "sha256": digest}


def difference(before: Tables, after: Tables) -> str:
    """Which tables are not the same in both, in words, or nothing."""
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return ", ".join(names)
