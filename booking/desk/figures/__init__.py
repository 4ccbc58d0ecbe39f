"""What the desk's work comes to: requests of a span of weeks, counted. They name nobody, and stay when data goes."""

from booking.desk.figures.counting import WAITS
from booking.desk.figures.keeping import count_all_anew, keep_figures
from booking.desk.figures.spans import WEEK, Span
from booking.desk.figures.tallies import Figures, Tally, figures_of, percentage

__all__ = ["WAITS", "WEEK", "Figures", "Span", "Tally", "count_all_anew", "figures_of", "keep_figures", "percentage"]
