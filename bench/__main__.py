"""
`make bench`: all that is measured, one part after another, and at the end what was missed.

`python -m bench pages forms` measures those parts alone. A part that fails does not keep the next one from its turn.
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
# Minutes, on two cores.
ABOUT = {"pages": 5, "forms": 4, "publishing": 1, "filling": 2, "writes": 1, "size": 6, "lighthouse": 9}


def main(chosen):
    unknown = sorted(set(chosen) - set(ABOUT))
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}. The parts are: {', '.join(ABOUT)}.")
    parts, trouble = chosen or list(ABOUT), []
    for number, part in enumerate(parts, 1):
        left = sum(ABOUT[each] for each in parts[number - 1 :])
        print(f"\n{part}: part {number} of {len(parts)}, about {left} minutes left", flush=True)
        began = time.monotonic()
        done = subprocess.run([sys.executable, HERE / f"{part}.py"], stderr=subprocess.PIPE, text=True)
        print(done.stderr, end="", file=sys.stderr, flush=True)
        print(f"{part}: {(time.monotonic() - began) / 60:.1f} minutes", flush=True)
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
            trouble.append(f"{part}: {said[-1]}")
    if trouble:
        sys.exit("\nNot as it should be:\n" + "\n".join(trouble))
    print("\nEvery bar is met.")


if __name__ == "__main__":
    main(sys.argv[1:])
