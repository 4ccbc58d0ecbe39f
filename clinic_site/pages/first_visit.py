"""What a first visit is, as the clinic's own page says it and the search finds it."""

from django.utils.translation import gettext_lazy

FIRST_VISIT = gettext_lazy(
    "Your first visit is a consultation. We talk about your health and what bothers you, look at your skin, and tell "
    "you what a treatment may and may not do for you. Nothing is done to your skin that day, and you can go home and "
    "think it over. Please bring a list of your medicines and allergies."
)
