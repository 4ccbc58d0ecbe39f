"""The whole wording of a version in memory: its texts and rows, stored or not saved yet."""

import copy

from django.db.models import Exists, OuterRef

from treatments.models import Claim, ClaimSource, Finding, Version
from treatments.models.rows import ROW_MODELS


class Wording:
    """
    Texts, rows and the sources of claims. What is compared, checked, signed and stored is always a wording.

    `rows` has the rows of each kind that there are, in reading order; `cited` the source keys of each claim's key.
    """

    def __init__(self, version, rows, cited):
        self.version = version
        self.rows = rows
        self.cited = cited

    @classmethod
    def of(cls, version):
        """The stored wording of one version."""
        return wordings_of([version])[version.pk]

    def rows_of(self, model):
        return self.rows.get(model, [])

    def sources_of(self, claim) -> list[str]:
        return self.cited.get(claim.key, [])

    def records(self):
        """The version, then each row in the order of the page."""
        yield self.version
        for rows in self.rows.values():
            yield from rows


def wordings_of(versions) -> dict[int, Wording]:
    """The stored wordings of some versions, by their numbers in the table: a query for each kind of row in use."""
    pks = [version.pk for version in versions]
    rows = {pk: {} for pk in pks}
    for model in kinds_in_use(pks):
        for row in _rows(model, pks):
            rows[row.version_id].setdefault(model, []).append(row)
    cited = {pk: {} for pk in pks}
    if any(Claim in kinds for kinds in rows.values()):
        links = ClaimSource.objects.filter(claim__version__in=pks).values_list(
            "claim__version", "claim__key", "source__key"
        )
        for pk, claim, source in links:
            cited[pk].setdefault(claim, []).append(source)
    return {version.pk: Wording(version, rows[version.pk], cited[version.pk]) for version in versions}


def kinds_in_use(pks):
    """The kinds of which these versions have rows."""
    has = {model._meta.model_name: Exists(model.objects.filter(version=OuterRef("pk"))) for model in ROW_MODELS}
    used = list(Version.objects.filter(pk__in=pks).annotate(**{f"has_{name}": has[name] for name in has}).values())
    return [model for model in ROW_MODELS if any(each[f"has_{model._meta.model_name}"] for each in used)]


def _rows(model, pks):
    rows = model.objects.filter(version__in=pks)
    return rows.select_related("claim", "source") if model is Finding else rows


def store_rows(wording, version, sources):
    """Store a copy of each row, as rows of this version. `sources` has each source by its key."""
    claims = {}
    for model, rows in wording.rows.items():
        copies = [_copy_of(row, version, claims) for row in rows]
        if copies:
            model.objects.bulk_create(copies)
        if model is Claim:
            claims = {row.key: row for row in copies}
    links = [
        ClaimSource(claim=claim, source=sources[key]) for claim in claims.values() for key in wording.sources_of(claim)
    ]
    if links:
        ClaimSource.objects.bulk_create(links)


def _copy_of(row, version, claims):
    copied = copy.copy(row)
    copied._state = copy.copy(row._state)
    copied._state.fields_cache = {}
    copied.pk, copied._state.adding = None, True
    copied.version = version
    if isinstance(row, Finding):
        copied.source = row.source
        copied.claim = claims[row.claim.key]
    return copied
