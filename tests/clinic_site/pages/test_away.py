"""What a proxy shows while the web server says nothing."""

import re

import pytest

from clinic_site.models import Clinic
from clinic_site.pages.away import NAME, write_away_page

pytestmark = pytest.mark.django_db


def test_the_page_has_the_clinics_number_and_needs_nothing_that_is_away(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    write_away_page()
    page = tmp_path / NAME
    text = page.read_text()
    assert (page.stat().st_mode & 0o777, "tel:+1-586-555-0142" in text, "tel:911" in text) == (0o644, True, True)
    asked_for = re.findall(r'<link[^>]* href="([^"]+)"|\ssrc="([^"]+)"', text)
    assert asked_for and all("".join(pair).startswith("/static/") for pair in asked_for)
    assert "<script" not in text and "style=" not in text


def test_the_page_follows_the_clinics_number(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    write_away_page()
    clinic = Clinic.profile()
    clinic.phone_day = "+15865550143"
    clinic.save()
    write_away_page()
    assert "tel:+1-586-555-0143" in (tmp_path / NAME).read_text()
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_without_static_files_there_is_no_page(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "none"
    write_away_page()
    assert list(tmp_path.iterdir()) == []
