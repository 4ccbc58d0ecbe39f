from django import template

from clinic_site.dates import clock_words, moment_words, moment_words_with_zone, short_moment_words

register = template.Library()
register.filter("in_words", moment_words)
register.filter("in_words_with_zone", moment_words_with_zone)
register.filter("in_short_words", short_moment_words)
register.filter("clock", clock_words)
