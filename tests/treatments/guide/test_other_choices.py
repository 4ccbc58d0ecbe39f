"""Other choices side by side: what each is for, visits, days off, dark marks, and how sure that is."""

import pytest

from tests.clinic_site.addresses import GUIDE
from tests.reading import Reader, text_of
from treatments.models import Comparison

pytestmark = pytest.mark.django_db

COLUMNS = ["What it is for", "Visits", "Days off", "Dark marks", "How sure"]


def read(client):
    return client.get(f"{GUIDE}alternatives/").text


def test_each_choice_has_five_cells_and_doing_nothing_is_the_first(client):
    page = read(client)
    rows = Comparison.objects.filter(version__unit__slug="alternatives")
    assert page.count('role="rowheader"') == rows.count() == 7
    assert [page.count(f'<span class="comparison__which">{column}</span>') for column in COLUMNS] == [7] * 5
    assert page.index("Doing nothing</div>") == min(page.index(f"{row.topic}</div>") for row in rows)


def test_what_no_source_says_is_striped_and_said_in_words(client):
    empty = [
        getattr(row, name)
        for row in Comparison.objects.filter(version__unit__slug="alternatives")
        for name in ("visits", "days_off", "marks")
    ].count("")
    page = read(client)
    assert page.count("choices__unknown") == page.count("no figure</span>") == empty > 0
    assert "Striped: no source of ours gives a figure." in page


def test_what_staff_fill_in_takes_the_place_of_the_stripes(client):
    before = read(client).count("choices__unknown")
    Comparison.objects.filter(version__unit__slug="alternatives", key="laser").update(visits="It depends on the laser.")
    page = read(client)
    assert page.count("choices__unknown") == before - 1
    assert "Visits It depends on the laser." in text_of(Reader(page).blocks)


def test_a_comparison_of_two_keeps_its_two_columns(client):
    page = client.get(f"{GUIDE}prp/").text
    assert page.count("With PRP</span>") == page.count("Without PRP</span>") > 3 and "choices__" not in page
