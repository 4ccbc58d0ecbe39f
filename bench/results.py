"""What the benches measured: one table of ratios with their spread, and one picture of it."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "var" / "bench" / "results"
PROOFS = ROOT / "docs" / "proofs"
PARTS = ["pages", "forms", "publishing", "filling", "writes"]

BEGINNING = """# What things cost, as ratios

`make bench` writes this page. Each figure is the median of the rounds of one run (their quartiles: half of the
rounds lie between); the two sides of a round are asked in turns, so that other work on the machine meets both alike.
Scores of Lighthouse stand in [lighthouse.md](lighthouse.md).

![Each ratio with its quartiles, its smallest and its largest, and the bar it is held to](bench.svg)

| what | beside | wanted | ratio |
|---|---|---:|---:|
"""
ENDING = """
## How it is measured

- *A ten-line program* answers the same bytes (a guide page from memory, Brotli) by a WSGI function of ten lines, under
  the same gunicorn: 2 workers, 4 threads, connections that stay open. Processor time of all processes of each server,
  by the scheduler's clock, over four connections. A round is 2,000 reads of each side in short turns (ours, theirs,
  theirs, ours, and so on), each over connections of its own; every worker was read from before. *Beside itself* shows
  how exact that is. Answers a second are counted by the clock, in turns as well.
- *Before*: the same question to the code of commit `dadc4b2`, each side in a process without a web server, on copies of
  one demonstration (the shipped guide, two weeks of open times). Processor time of the process.
- *The rows alone*: the same rows, given to a copy of the same database by executemany. Processor time of the process.
- *Requests over HTTP*: eight clients send forms to gunicorn as it is shipped, on SQLite that waits for the disk; the
  other side commits one row after the other on the same disk. How often a second, by the clock.

## What stands between a request and a commit

The bare side waits for the disk and does nothing else, so this row is mostly how fast the disk says that it has
written. On the disk of the run above that took 0.1 ms (7,000 to 8,500 bare commits a second), beside which 29 to 43
requests a second are little: the row is missed. On a disk that takes 1 ms (the same machine, each flush of both sides
made to wait that long; 494 to 766 bare commits) the same requests, 25 to 45 a second, are 0.054 of them (0.052 to
0.059 in 5 rounds), past the bar and not far from the goal of 0.06.

What a request costs is processor time: 22 ms of one process that has the machine for itself, about twice that with
both processors at work. By a profile of 180 requests: keeping the request, its line of the timeline, its words to find
it by and two mails, in one transaction, 37 of 100; checking what was typed 19; building the form 17; counting what came
from a place, in a file of its own, 8; hours and promise 10, which are worked out before the write lock is waited for.
One commit waits for the disk. Nothing in it is asked twice but the clinic's profile and the limits, a thousandth of a
second each.

## Where the time of the form went

Of an opened form, before, the list of about 180 open times was the most, in three parts: Django rendered two templates
for each choice (a quarter of all), the day and the clock of each were worded anew (a quarter), the other fields took a
template or two each (a fifth). A refused form asked the database four times more, for what was chosen (a tenth). Of
the page that sends a link again it was the header (two fifths), three questions to the database (a third), and its
form (a sixth).

Now a long list is written by one function, and a time that was worded stays worded. What reads the same for everybody
(untouched questions, half-days, header, footer) is written once and kept until the content revision changes, and a
choice is looked up in what is published. What somebody sent is kept nowhere.
"""


@dataclass(frozen=True)
class Row:
    """One thing measured: beside what, the bar it is held to ('≤ 0.5', or '' where it is only reported), its ratios."""

    what: str
    beside: str
    wanted: str
    ratios: list[float]

    @property
    def middle(self):
        return median(self.ratios)

    @property
    def quartiles(self):
        """Half of the ratios lie between these two."""
        if len(self.ratios) == 1:
            return self.middle, self.middle
        low, _middle, high = quantiles(self.ratios, method="inclusive")
        return low, high

    @property
    def is_missed(self):
        """Whether the middle, as it is shown, is past the bar."""
        if not self.wanted:
            return False
        side, bar = self.wanted.split()
        shown = float(figure(self.middle))
        return shown > float(bar) if side == "≤" else shown < float(bar)

    def __str__(self):
        spread = " ({} to {})".format(*map(figure, self.quartiles)) if len(self.ratios) > 1 else ""
        missed = " **missed**" if self.is_missed else ""
        return f"| {self.what} | {self.beside} | {self.wanted or 'reported'} | {figure(self.middle)}{spread}{missed} |"


def figure(ratio):
    """A ratio as it is shown and judged."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"


def rounds_of(what, beside, wanted, ours, theirs, rounds, turns=1):
    """Ask both sides in turns, so many in each round, and say how far it is; returns the row."""
    ratios = []
    for number in range(rounds):
        print(f"\r{what}: round {number + 1} of {rounds}", end="", flush=True)
        ratios.append(_ratio(ours, theirs, turns))
    row = Row(what, beside, wanted, ratios)
    print(f"\r{row}          ")
    return row


def _ratio(ours, theirs, turns):
    """What one side says beside the other, summed over the turns: ours, theirs, theirs, ours, and so on."""
    sums = {ours: 0.0, theirs: 0.0}
    for turn in range(turns):
        for side in (theirs, ours) if turn % 2 else (ours, theirs):
            sums[side] += side()
    return sums[ours] / sums[theirs]


def keep(part, rows):
    """Keep the rows of a part, and write the table and the picture of all that was measured."""
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{part}.json").write_text(json.dumps([asdict(row) for row in rows]))
    kept = [KEPT / f"{each}.json" for each in PARTS]
    whole = [Row(**row) for file in kept if file.exists() for row in json.loads(file.read_text())]
    (PROOFS / "bench.md").write_text(BEGINNING + "\n".join(map(str, whole)) + "\n" + ENDING)
    (PROOFS / "bench.svg").write_text(drawn(whole))
    stop_if_missed(rows)


def stop_if_missed(rows):
    """End with a word for each bar that was missed."""
    missed = [f"{row.what} {figure(row.middle)} (wanted {row.wanted})" for row in rows if row.is_missed]
    if missed:
        sys.exit(f"Missed: {'; '.join(missed)}")


LINE, TOP, LEFT, WIDTH, MOST = 44, 52, 24, 660, 2.0  # of the picture, in its own units; MOST is the largest ratio shown
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #2a2521; }
.quiet { fill: #6a625b; font-size: 12px; }
.rule { stroke: #d9d2c9; }
.whole { stroke: #8fb3ad; }
.half { stroke: #8fb3ad; stroke-width: 6; stroke-linecap: round; }
.middle { fill: #1f5f57; }
.bar { stroke: #b4442f; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  text { fill: #ece6de; } .quiet { fill: #b3aaa0; } .rule { stroke: #4a433c; } .middle { fill: #9ad0c7; }
}
"""


def drawn(rows):
    """The rows as a picture: all ratios, half of them, the middle, the bar. What is past the right edge ends there."""

    def x(ratio):
        return LEFT + min(ratio, MOST) / MOST * WIDTH

    height = TOP + LINE * len(rows) + 28
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT * 2 + WIDTH} {height}" role="img">',
        "<title>Ratios that make bench measured</title>",
        f"<style>{STYLE}</style>",
        f'<text x="{LEFT}" y="22">Ratios: all rounds, half of them (thick), the middle; red is the bar</text>',
    ]
    for ratio in (0, 0.5, 1, 1.5, 2):
        parts.append(f'<line class="rule" x1="{x(ratio)}" x2="{x(ratio)}" y1="{TOP - 16}" y2="{height - 24}"/>')
        parts.append(f'<text class="quiet" x="{x(ratio)}" y="{height - 8}" text-anchor="middle">{ratio:g}</text>')
    for number, row in enumerate(rows):
        y = TOP + LINE * number
        spreads = {"whole": (min(row.ratios), max(row.ratios)), "half": row.quartiles}
        said = f"{row.what}, beside {row.beside}: {figure(row.middle)}"
        parts.append(f'<text class="quiet" x="{LEFT}" y="{y}">{said}</text>')
        for name, (low, high) in spreads.items():
            parts.append(f'<line class="{name}" x1="{x(low):.0f}" x2="{x(high):.0f}" y1="{y + 15}" y2="{y + 15}"/>')
        parts.append(f'<circle class="middle" cx="{x(row.middle):.0f}" cy="{y + 15}" r="5"/>')
        if row.wanted:
            bar = x(float(row.wanted.split()[1]))
            parts.append(f'<line class="bar" x1="{bar:.0f}" x2="{bar:.0f}" y1="{y + 6}" y2="{y + 24}"/>')
    return "\n".join([*parts, "</svg>", ""])
