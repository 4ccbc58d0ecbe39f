"""What tests of copy begin with."""

import pytest

from tests.factories import make_copy
from treatments.models import Benefit


@pytest.fixture
def draft():
    """A draft of the shipped scars page, with other words."""
    return make_copy(Benefit.objects.get(slug="scars").newest_version(), lead="Quite other words.", signed_digest="")
