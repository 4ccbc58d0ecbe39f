"""
What `fill_requests` costs beside the bare rows: the same ones, given to sqlite3 by executemany in one transaction.

Both write to copies of one empty site, in turns, in processor time: what else runs on the machine is not counted.
"""

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench import results  # noqa: E402 - needs the path above

NUMBER, ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000, 3
FILL = """
import pickle, sys, time
from booking.samples import fill_in_bulk, rows
written, seal = [], rows.Rows._seal
def keep(self):
    seal(self)
    written.append((self.statement, self.rows))
rows.Rows._seal = keep
began = time.process_time()
list(fill_in_bulk({number}))
print(time.process_time() - began)
def plain(row):  # of states and kinds their words alone: who reads the file knows no models
    return [str(each) if isinstance(each, str) else each for each in row]
with open({file!r}, "wb") as file:
    pickle.dump([(statement, [plain(row) for row in some]) for statement, some in written], file)
"""
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"


def manage(data, *command):
    environment = os.environ | {"DEMO": "1", "DATA_DIR": str(data)}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def rows_alone(database, written):
    """Seconds of the processor for the same rows, without anything around them."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.executescript(PRAGMAS)
    began = time.process_time()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA defer_foreign_keys=ON")
    for statement, rows in written:
        connection.executemany(statement.replace("%s", "?"), rows)
    connection.execute("COMMIT")
    taken = time.process_time() - began
    connection.close()
    return taken


def main():
    ratios = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as scratch:
        empty, file = Path(scratch) / "empty", Path(scratch) / "rows"
        manage(empty, "migrate", "-v0")
        manage(empty, "load_guide")
        manage(empty, "open_sample_times")
        for _round in range(ROUNDS):
            filled, bare = Path(scratch) / "filled", Path(scratch) / "bare"
            shutil.copytree(empty, filled), shutil.copytree(empty, bare)
            taken = float(manage(filled, "shell", "-v0", "-c", FILL.format(number=NUMBER, file=str(file))))
            clinicians = sqlite3.connect(filled / "db.sqlite3").execute("SELECT * FROM booking_clinician").fetchall()
            with sqlite3.connect(bare / "db.sqlite3") as connection:
                marks = ", ".join("?" * len(clinicians[0]))
                connection.executemany(f"INSERT OR IGNORE INTO booking_clinician VALUES ({marks})", clinicians)
            alone = rows_alone(bare / "db.sqlite3", pickle.loads(file.read_bytes()))
            print(f"{NUMBER:,} requests: {taken:.1f} s, their rows alone {alone:.1f} s", flush=True)
            ratios.append(alone / taken)
            shutil.rmtree(filled), shutil.rmtree(bare)
    row = results.Row(f"{NUMBER:,} rows alone (executemany)", "fill_requests", "≥ 0.33", ratios)
    print(row)
    results.keep("filling", [row])


if __name__ == "__main__":
    main()
