"""Many numbers as few stretches: 1-57,59."""

from collections.abc import Iterable, Iterator


def in_stretches(numbers: Iterable[int]) -> str:
    """Ascending numbers, those that follow each other as first and last."""
    stretches: list[list[int]] = []
    for number in numbers:
        if stretches and stretches[-1][1] == number - 1:
            stretches[-1][1] = number
        else:
            stretches.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in stretches)


def numbers_in(stretches: str) -> Iterator[int]:
    """The numbers again."""
    for stretch in filter(None, stretches.split(",")):
        first, _dash, last = stretch.partition("-")
        yield from range(int(first), int(last or first) + 1)
