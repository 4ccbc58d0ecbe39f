"""
IBM's accessibility checker and the Nu HTML checker look at all screens of staff and patients (10 minutes; npm, java).
"""

import json
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from tests.clinic_site.addresses import FORMS, PAGES
from tests.factories import make_request, make_staff
from tests.journeys import long_data
from tests.journeys.conftest import browser, open_own_page  # noqa: F401 - fixtures
from tests.journeys.test_screens import SCREENS
from tests.site import ROOT

pytestmark = pytest.mark.prove

TOOLS = Path(__file__).parent / "second_look"
MODULES = TOOLS / "node_modules"
PATIENTS = [*PAGES, "/search/?q=needle", "/search/?q=zebra", *FORMS]
MARKETING = [
    *("/admin/", "/admin/treatments/benefit/", "/admin/treatments/section/", "/admin/treatments/source/"),
    *("/admin/treatments/term/", "/admin/treatments/synonym/", "/admin/treatments/missedsearch/"),
]
CHECK = """
async () => {
    const report = await new ace.Checker().check(document, ["WCAG_2_2"]);
    return report.results
        .filter(({ value }) => value[0] === "VIOLATION" && value[1] === "FAIL")
        .map(({ ruleId, message, snippet }) => [ruleId, message, snippet.slice(0, 160)]);
}
"""

# What stays as it is, and why: the beginning of a finding, as the tables have it.
IN_THE_TREE = "The name is there, clipped from sight or folded with its field; it stands in the accessibility tree."
EXPLAINED = {
    "aria_form_label_unique": "A form without a name is no landmark; naming forty rows would make forty of them.",
    "input_label_exists": IN_THE_TREE,
    "fieldset_label_valid": IN_THE_TREE,
    "input_checkboxes_grouped": "Times to tick stand in a named group for each day, and are sent as one field.",
    "label_name_visible": "The name of a citation has the numbers that are seen, in that order, and words between.",
    "table_headers_related": "Rows of a stock list begin with one row header each, and its columns have a scope.",
    "Section lacks heading": "The opening of the home page has the page's own heading, the h1, which is not counted.",
    "The “list” role is unnecessary": "Safari takes the role from a list without bullets; this gives it back.",
}


@pytest.fixture(scope="module")
def tools():
    """Both checkers, as pinned in package-lock.json."""
    assert shutil.which("npm") and shutil.which("java"), "This part needs npm and java."
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=TOOLS, check=True)
    return (MODULES / "accessibility-checker-engine" / "ace.js").read_text()


@pytest.fixture
def pages(open_own_page):  # noqa: F811 - the fixture imported above
    """Who looks, at what: (name, address, tab) of every screen, with data as long as real ones."""
    with time_machine.travel(long_data.A_TUESDAY):
        long_data.fill(make_staff("frontdesk", first_name="Dana", last_name="Wojciechowska"))
        private = make_request(name="Amira Haddad").private_url.removeprefix(settings.SITE_URL)
        yield _of_each(open_own_page, [*PATIENTS, private])


def _of_each(open_tab, of_patients):
    tab = open_tab(width=1280, bypass_csp=True)
    yield from ((f"patient {address}", address, tab) for address in of_patients)
    for role, screens in SCREENS.items():
        tab = open_tab(role, width=1280, bypass_csp=True)
        yield from ((f"{role} {name}", address, tab) for name, address in screens().items())
    tab = open_tab("marketing", width=1280, bypass_csp=True)
    yield from ((f"marketing {address}", address, tab) for address in MARKETING)
    tab = open_tab("clinician", width=1280, bypass_csp=True)
    yield from ((f"clinician {address}", address, tab) for address in ("/admin/", reverse("admin:treatments_to_sign")))


def html_errors(folder, names):
    """What the Nu HTML checker says of each page: (finding, page, place)."""
    jar = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
    files = sorted(str(file) for file in folder.iterdir())
    done = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", "--stdout", *files], capture_output=True, text=True, check=False
    )
    for each in json.loads(done.stdout)["messages"]:
        yield each["message"], names[Path(each["url"]).name], each.get("extract", "").strip()[:160]


def table_of(findings):
    """A line for each finding: what, how often, on which page first, why it stays."""
    by_words = defaultdict(list)
    for words, page, place in findings:
        by_words[words].append((page, place))
    rows = []
    for words, places in sorted(by_words.items()):
        why = next((why for begin, why in EXPLAINED.items() if words.startswith(begin)), "")
        rows.append((words, len(places), places[0][0], places[0][1], why))
    return rows


def test_two_more_checkers_find_nothing_that_is_neither_mended_nor_explained(tools, pages, tmp_path):
    accessibility, names = [], {}
    for number, (name, address, tab) in enumerate(pages):
        response = tab.goto(address)
        assert response.ok, address
        (tmp_path / f"{number:03}.html").write_text(response.text())
        names[f"{number:03}.html"] = name
        tab.evaluate(tools)
        accessibility += [(f"{rule}: {words}", name, place) for rule, words, place in tab.evaluate(CHECK)]
    found = {
        "IBM accessibility-checker-engine, WCAG 2.2 A and AA": table_of(accessibility),
        "Nu HTML checker": table_of(html_errors(tmp_path, names)),
    }
    write(found, len(names))
    unexplained = [row for rows in found.values() for row in rows if not row[-1]]
    assert not unexplained, "\n".join(" | ".join(map(str, row)) for row in unexplained)


def write(found, number):
    lines = [
        "# A second look at all screens",
        "",
        "Written by `make prove ARGS=second-look`: IBM's accessibility-checker-engine runs in the page, the Nu HTML",
        f"checker reads what the server sent, over {number} screens of patients and staff with long, busy data. What",
        "is found is mended, or stands here with the reason why it stays.",
    ]
    for name, rows in found.items():
        lines += ["", f"## {name}", ""]
        if not rows:
            lines.append("Nothing.")
        else:
            lines += ["| finding | times | first on | why it stays |", "|---|---:|---|---|"]
            lines += [
                f"| {words.replace('|', '/')} | {times} | {page} | {why} |" for words, times, page, _place, why in rows
            ]
    (ROOT / "docs" / "proofs" / "second-look.md").write_text("\n".join([*lines, ""]))
