from django import template

from booking.moments import moment_words

register = template.Library()
register.filter("in_words", moment_words)
