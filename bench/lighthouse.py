"""
Lighthouse, as it stands (mobile, simulated slow 4G), on the pages that matter most: prints a table, and writes it.

Needs node; npm installs Lighthouse into a git-ignored folder. The pages are measured on a site of their own, several
times each, and the run that was disturbed least counts: other work on a machine makes a page look slow, never fast.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")

from tests.environment import clear_up  # noqa: E402 - needs the path above
from tests.site import AS_SHIPPED, RunningSite  # noqa: E402 - needs the settings above too

VERSION = "12.8.2"
TOOLS = ROOT / "var" / "bench"
TABLE = ROOT / "docs" / "proofs" / "lighthouse.md"
RUNS = 5
BEST = 100  # of each score
TRIES = 5  # a trace is lost now and then, and Lighthouse asks to be run again
CHROME_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
GUIDE = "/treatments/microneedling/"
PAGES = {
    "Home": "/",
    "Guide, first page": GUIDE,
    "Your visit": f"{GUIDE}procedure/",
    "Numbing": f"{GUIDE}numbing/",
    "PRP": f"{GUIDE}prp/",
    "Scars": f"{GUIDE}benefits/scars/",
    "Questions": f"{GUIDE}questions/",
    "For you, asked": f"{GUIDE}for-you/",
    "Request form": "/consultation/",
}
SCORES = {"performance": "Performance", "accessibility": "Accessibility", "best-practices": "Practices", "seo": "SEO"}
TIMES = {"first-contentful-paint": "FCP", "largest-contentful-paint": "LCP", "total-blocking-time": "TBT"}
BEGINNING = """# Lighthouse

Measured by `make bench` with Lighthouse {version}: mobile, simulated slow 4G and a processor four times slower, first
visit, on the demonstration site. Of {runs} runs, the one with the least blocking time, as other work on the machine
makes a page look slow, never fast; and the blocking time of the run in the middle. Times in milliseconds, size as it
comes over the wire. `make bench` writes this page.

"""


def install():
    """The path of Lighthouse; fetched at the first use."""
    lighthouse = TOOLS / "node_modules" / ".bin" / "lighthouse"
    if not lighthouse.exists():
        if not shutil.which("npm"):
            sys.exit("make bench needs node and npm.")
        TOOLS.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--prefix", TOOLS, "--no-save", "--no-fund", "--no-audit", f"lighthouse@{VERSION}"]
        subprocess.run(install, check=True)
    return lighthouse


def measure(lighthouse, url):
    """What one run says of a page."""
    command = [lighthouse, url, "--quiet", "--output=json", f"--chrome-flags={CHROME_FLAGS}"]
    command += [f"--only-categories={','.join(SCORES)}"]
    for _try in range(TRIES):
        done = subprocess.run(command, capture_output=True, text=True)
        if not done.returncode:
            break
    else:
        sys.exit(f"Lighthouse could not measure {url}:\n{done.stderr}")
    report = json.loads(done.stdout)
    audits = report["audits"]
    return {
        **{name: round(report["categories"][key]["score"] * 100) for key, name in SCORES.items()},
        **{name: round(audits[key]["numericValue"]) for key, name in TIMES.items()},
        "CLS": round(audits["cumulative-layout-shift"]["numericValue"], 3),
        "KB": round(audits["total-byte-weight"]["numericValue"] / 1024),
    }


def row(name, runs):
    least_disturbed = min(runs, key=lambda run: (run["TBT"], run["LCP"]))
    return {"Page": name} | least_disturbed | {"median TBT": round(median(run["TBT"] for run in runs))}


def main():
    lighthouse = install()
    rows, missed = [], []
    with tempfile.TemporaryDirectory() as data_dir, RunningSite(data_dir, **AS_SHIPPED) as site:
        for name, address in PAGES.items():
            runs = [measure(lighthouse, site.url + address) for _run in range(RUNS)]
            measured = row(name, runs)
            missed += [f"{name}, {score} {measured[score]}" for score in SCORES.values() if measured[score] < BEST]
            if not rows:
                rows = [f"| {' | '.join(measured)} |", f"|---|{'---:|' * (len(measured) - 1)}"]
                print("\n".join(rows), flush=True)
            rows.append(f"| {' | '.join(map(str, measured.values()))} |")
            print(rows[-1], flush=True)
    clear_up()
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(BEGINNING.format(version=VERSION, runs=RUNS) + "\n".join(rows) + "\n")
    if missed:
        sys.exit(f"Missed: below {BEST}: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
