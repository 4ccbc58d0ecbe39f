from django import template

from booking.wording import moment_words

register = template.Library()
register.filter("in_words", moment_words)
