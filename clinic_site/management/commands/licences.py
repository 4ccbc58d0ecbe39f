import json
from importlib.metadata import PackageNotFoundError, files, metadata

from django.conf import settings
from django.core.management.base import BaseCommand

FORMAT, VERSION = "CycloneDX", "1.5"
UNKNOWN = "not said"
MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy"


class Command(BaseCommand):
    help = (
        "Lists every library that a deployment installs (requirements.txt), with its version and licence. --bom prints "
        "the same as a bill of materials in CycloneDX 1.5, with the digests that pip checks. Changes nothing."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--bom", action="store_true", help="print a bill of materials as JSON")

    def handle(self, bom, **options):
        libraries = list(pinned((settings.BASE_DIR / "requirements.txt").read_text()))
        if bom:
            self.stdout.write(json.dumps(bill_of_materials(libraries), indent=2))
            return
        width = max(len(f"{name} {version}") for name, version, _digests in libraries)
        for name, version, _digests in libraries:
            self.stdout.write(f"{f'{name} {version}':<{width}}  {licence_of(name)}")


def pinned(text):
    """Name, version and SHA-256 digests of each library in a file of pinned requirements."""
    for entry in text.replace("\\\n", " ").splitlines():
        words = entry.split(";")[0].split("#")[0].split()
        if words and "==" in words[0]:
            name, _equals, version = words[0].partition("==")
            digests = [word.rpartition(":")[2] for word in entry.split() if word.startswith("--hash=sha256:")]
            yield name.partition("[")[0], version, digests


def licence_of(name) -> str:
    """What a library says of its licence: the expression, else the classifiers, else the first line of the text."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return "not installed here"
    if "License-Expression" in said:
        return said["License-Expression"]
    classified = [
        line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if line.startswith("License :: ")
    ]
    named = [each for each in classified if each != "OSI Approved"]
    return (
        ", ".join(named)
        or (said["License"] if "License" in said else _read_in_its_text(name) or UNKNOWN).strip().splitlines()[0]
    )


def _read_in_its_text(name) -> str:
    """MIT, where a library brings that text and says no more."""
    texts = [file.read_text() for file in files(name) or [] if file.name.upper().startswith("LICENSE")]
    return "MIT" if any(MIT in " ".join(text.split()) for text in texts) else ""


def bill_of_materials(libraries) -> dict:
    return {
        "bomFormat": FORMAT,
        "specVersion": VERSION,
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "clinic-site"}},
        "components": [
            {
                "type": "library",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "licenses": [{"license": {"name": licence_of(name)}}],
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
            }
            for name, version, digests in libraries
        ],
    }
