"""Words as a search compares them: folded, without fillers, cut to their stem."""

import re
import threading
import unicodedata
from functools import lru_cache

import snowballstemmer
from django.utils.translation import get_language

STEMMERS = {"en": "english", "ar": "arabic"}  # by the site's languages; without one, words are compared as they are
APOSTROPHES = re.compile(r"(?<=\w)['’‘](?=\w)")
WORD = re.compile(r"\w+")

# They say nothing of what a query is about, wherever they stand.
FILLERS = frozenset(
    word
    for line in (
        "a about again also am an and any are at be been being but by can could did do does doing for from",
        "get gets getting give gives go goes had has have having hello hi i if id ill im in is it its ive just let",
        "lets like lot may me might mine must my need needs of on ones onto or our please really shall she should",
        "so some someone something still tell than thank thanks that thats the their them then there these they",
        "this those to too try u ur us very want was we were whats will with would you your yours",
        "themselves he her him his got going gonna into as exactly actually basically simply honestly literally",
        "في من على عن إلى الى هل هو هي ان أن إن أو او و يا مع هذا هذه التي الذي كان يكون",
    )
    for word in line.split()
)
# They belong to a question ("how much", "back to work"), or say how, when or for whom it is asked ("scared", "weeks
# ago", "my wife"). Beside other words they say nothing.
LITTLE_WORDS = frozenset(
    word
    for line in (
        "after ahead all another around away back bad because before best better between both case come comes day",
        "days down during each else ever face few good hard how keep kind know least less long look looks make",
        "makes many mean means more most much never next no not now off old one only other out over part people",
        "person point possible put quickly right same say says since skin soon still sure take takes thing things",
        "ok okay alright think time times two type under until up use used using usually way well what when where",
        "which while who whom whose why within without yes today tomorrow tonight afraid anxious frightened",
        "nervous scared scary feel feels feeling felt terrified worried worry wont isnt arent wasnt couldnt",
        "wouldnt mom mother mum dad father husband wife sister brother friend men guys women woman done every",
        "monday tuesday wednesday thursday friday saturday sunday morning afternoon evening night week weeks",
        "month months year years ago weekend weekends late myself yourself",
        "ما ماذا متى كيف كم لماذا أين اين بعد قبل لا",
    )
    for word in line.split()
)

# What people write short, a phone in hand, by the word that is meant.
IN_FULL = {
    short: word
    for word, shorts in {
        "appointment": "appt appts appointmt apt",
        "week": "wk",
        "weeks": "wks",
        "hour": "hr",
        "hours": "hrs",
        "year": "yr",
        "years": "yrs",
        "months": "mos mths",
        "before": "b4",
        "tomorrow": "tmrw tmr tomorow tommorow",
        "tonight": "2nite tonite",
        "picture": "pic",
        "pictures": "pics",
        "information": "info",
        "road": "rd",
        "through": "thru",
        "difference": "diff",
    }.items()
    for short in shorts.split()
}
AMOUNT = re.compile(
    r"(?<=\d)(?=(?:mm|mg|h|hrs?|hours?|min|mins|minutes?|days?|wks?|weeks?|months?|yrs?|years?|yo)\b)"
)  # 2mm

_own = threading.local()  # a stemmer keeps its place in a word, so each thread has its own


def words_of(text: str) -> list[str]:
    """Words in one plain form: small letters, no accents, no apostrophes, none written short, numbers apart (2 mm)."""
    return [IN_FULL.get(word, word) for word in WORD.findall(AMOUNT.sub(" ", folded(APOSTROPHES.sub("", text))))]


def folded(text: str) -> str:
    """The text in small letters, without accents; as a rule it keeps its length."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def stems_of(text: str, language: str | None = None) -> list[str]:
    """The stems of a text's words, fillers left out."""
    language = language or get_language()
    return [stem_of(word, language) for word in words_of(text) if word not in FILLERS]


@lru_cache(maxsize=20_000)
def stem_of(word: str, language: str) -> str:
    """The part that all forms of a word share: scar of scars, numb of numbing."""
    name = STEMMERS.get(language)
    if name is None or word.isdigit():
        return word
    if not hasattr(_own, name):
        setattr(_own, name, snowballstemmer.stemmer(name))
    return getattr(_own, name).stemWord(word)
