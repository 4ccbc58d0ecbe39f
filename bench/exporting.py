"""
How many megabytes a process grows by while it exports a state's requests as CSV: on the data of DATA_DIR, for size.py.

Says how many rows there were, and the growth at its most beside what the process held when it had exported a few.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.desk import LIST, front_desk

A_FEW, MANY = "view=open", "state=withdrawn"  # one of seven has been withdrawn


def main():
    desk = front_desk()
    exported(desk, A_FEW)
    Path("/proc/self/clear_refs").write_text("5")  # the most it held is counted from here
    before = megabytes("VmRSS")
    rows = exported(desk, MANY)
    print(rows, megabytes("VmHWM") - before)


def exported(desk, filtered):
    """Rows that came."""
    return sum(line.endswith(b"\n") for line in desk.post(f"{LIST}export/csv/?{filtered}").streaming_content) - 1


def megabytes(kind):
    """Memory of this process, as the kernel counts it."""
    return int(Path("/proc/self/status").read_text().split(f"{kind}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
