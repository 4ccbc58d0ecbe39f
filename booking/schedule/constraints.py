"""A constraint of the database that an action meets is a refusal in words, with a line in the timeline."""

from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext as _

from booking.models import Event
from booking.states import IllegalStep


@contextmanager
def constraints_refuse(*consultation_requests):
    """
    Within this, raise IllegalStep where a constraint of the database refuses what is done, which is taken back whole.

    Each of the requests that it is about has it in its timeline.
    """
    try:
        yield
    except IntegrityError as error:
        for consultation_request in consultation_requests:
            consultation_request.record(
                Event.Kind.NOTE,
                Event.Actor.SYSTEM,
                note=_("A step was refused, as it did not go together with what is kept already: %(constraint)s")
                % {"constraint": _constraint_in(error)},
            )
        raise IllegalStep(
            _("This does not go together with what is kept already. Nothing was changed; look at it once more.")
        ) from error


def _constraint_in(error):
    """The name or the sentence of the constraint, without the values of the row: those can be a person's."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis.constraint_name if diagnosis else str(error)
