"""Remarks where staff read them: each with its number, and the way to the field in which it is mended."""

from dataclasses import dataclass

from treatments.models import Version
from treatments.words.remarks import Remark


@dataclass(frozen=True, kw_only=True)
class ShownRemark(Remark):
    """`anchor` is the id of the field on the page, or of the required part that is missing."""

    number: int
    anchor: str


def shown_remarks(remarks, edited) -> list[ShownRemark]:
    """The remarks on the words that stand on a page, as the page shows them."""
    return [
        ShownRemark(**vars(remark), number=number, anchor=_anchor_of(remark, edited))
        for number, remark in enumerate(remarks, start=1)
    ]


def _anchor_of(remark, edited):
    record, name = remark.field.record, remark.field.name
    if remark.missing_passage:
        return f"row-passage-{remark.missing_passage}"
    if isinstance(record, Version):
        return f"id_{name}"
    return f"id_{edited.prefix_of(record)}-{'upload' if name == 'image' else name}"
