"""Rewrites what is encrypted under the newest of FIELD_KEYS, and binds it to its place; a few rows at a time."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from clinic_site.models import FieldKeyCheck
from clinic_site.security.encryption import BoundModel, bound_models, cipher, encrypted_fields, under_first_key

ROWS_AT_ONCE = 200
CHECK = "key check"  # what FieldKeyCheck is called in the counts

Told = Callable[[str, int], None]


def rotate_keys(tell: Told = lambda kind, number: None) -> tuple[Counter, list[str]]:
    """
    Rewrite all that is not up to date; returns how many rows of each kind that were, and what cannot be read.

    Each step is a transaction of its own, so it can be stopped at any moment and begun again. `tell` hears what is
    being looked through, and how many rows of it were.
    """
    changed: Counter = Counter()
    damaged: list[str] = []
    for model in bound_models():
        kind = str(model._meta.verbose_name)
        changed[kind] += _through(model, kind, tell, lambda row: _rewrite(row, damaged))
    changed["second factor"] += _through(Authenticator, "second factor", tell, _rewrite_factor)
    changed[CHECK] += _through(FieldKeyCheck, CHECK, tell, _rewrite_check)
    return changed, damaged


def left_under_old_keys() -> int:
    """How many rows are not up to date and can be read: written meanwhile by a process that has the old keys."""
    left = 0
    for model in bound_models():
        left += sum(any(_to_rewrite(row)) and not row.damaged for row in model._base_manager.iterator())
    return left


def _through(model, kind, tell, rewrite) -> int:
    last, seen, changed = 0, 0, 0
    while True:
        with transaction.atomic():
            rows = list(model._base_manager.select_for_update().filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE])
            changed += sum(bool(rewrite(row)) for row in rows)
        if not rows:
            return changed
        last, seen = rows[-1].pk, seen + len(rows)
        tell(kind, seen)


def _to_rewrite(row: BoundModel) -> Iterator:
    for field in encrypted_fields(type(row)):
        token = row.__dict__[field.attname]
        if token is not None and not field.is_up_to_date(token):
            yield field, token


def _rewrite(row, damaged) -> bool:
    new = {}
    for field, token in _to_rewrite(row):
        try:
            new[field.name] = field.sealed(field.opened(token, row), row)
        except (InvalidToken, ValueError):
            damaged.append(f"{row._meta.verbose_name} {row.pk} ({field.verbose_name})")
    if new:
        type(row)._base_manager.filter(pk=row.pk).update(**new)
    return bool(new)


def _rewrite_factor(factor) -> bool:
    """An authenticator's secret, and recovery codes: what the library keeps in its data, as FactorAdapter encrypts."""
    renewed = {name: _renewed(value) for name, value in factor.data.items()}
    if renewed == factor.data:
        return False
    Authenticator.objects.filter(pk=factor.pk).update(data=renewed)
    return True


def _renewed(value: Any) -> Any:
    if isinstance(value, list):
        return [_renewed(each) for each in value]
    if not isinstance(value, str) or under_first_key(value) is not None:
        return value
    try:
        return cipher().rotate(value.encode()).decode()
    except InvalidToken:  # no token, or one that cannot be read
        return value


def _rewrite_check(check) -> bool:
    renewed = _renewed(check.token)
    return renewed != check.token and bool(FieldKeyCheck.objects.filter(pk=check.pk).update(token=renewed))
