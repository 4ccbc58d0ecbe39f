"""Invented requests, marked as samples, with which the staff screens can be tried: few by real steps, many in bulk."""

from booking.samples.by_steps import fill, open_times, steps_to
from booking.samples.in_bulk import fill_in_bulk

__all__ = ["fill", "fill_in_bulk", "open_times", "steps_to"]
