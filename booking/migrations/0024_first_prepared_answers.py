"""Answers to begin with: plain, kind, and about nothing that only a clinician or the clinic can say."""

from django.db import migrations

ANSWERS = {
    "We tried to call you": (
        "We tried to reach you by telephone today and did not find you in. Tell us on your page when a call would suit"
        " you, or call us at any time that we are open. If you would rather read than talk, write to us there and we"
        " will answer in writing."
    ),
    "None of the times suits": (
        "Thank you for telling us. Which days and hours suit you best? Mornings or afternoons, and from which date on?"
        " As soon as we know, we will look for times that fit and hold them for you."
    ),
    "A clinician will answer this": (
        "Thank you for your question. It deserves an answer from a clinician, so we have passed it on. You need not do"
        " anything: we will write to you again as soon as they have looked at it."
    ),
    "Before you come": (
        "Please bring a list of the medicines you take and of what you use on your skin, and write down what you would"
        " like to ask. Nothing has to be decided on the day: it is a talk first, and you are free to think it over."
    ),
    "Your interpreter": (
        "You asked for an interpreter, and one will be with us at your consultation. If you would like to bring"
        " somebody whom you trust as well, please do."
    ),
    "On the list for an earlier time": (
        "You are on our list for an earlier time. If one comes free that suits you, we will hold it and write to you."
        " Until you take it, the time that you have stays yours."
    ),
    "We are not the right place for this": (
        "Thank you for asking us. We are sorry: this is something we cannot help with here, and we do not want to keep"
        " you waiting. Your own doctor can tell you who can. If you are worried about your skin, please do not put"
        " that visit off."
    ),
}


def ship(apps, _schema_editor):
    prepared_answer = apps.get_model("booking", "PreparedAnswer")
    for title, text in ANSWERS.items():
        prepared_answer.objects.get_or_create(title=title, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("booking", "0023_urgent_agreed_calls_and_colleagues")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
