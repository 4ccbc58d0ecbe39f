"""The six kinds of words that block, and what to write instead (rules of copy 2)."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treatments.copy_check import vocabulary as words
from treatments.copy_check.vocabulary import pattern_of, up_to


@dataclass(frozen=True)
class Rule:
    """
    Words that block, in every inflection, and what to write instead.

    `says_no`: its own words can hold a 'no', as 'no pain' does; in those of other rules a 'no' denies. `turned`: it is
    the denial that blocks, as in 'never leave it uncovered'. `about`: what must have been named before, where the
    words alone ('stop it') do not say it. `warns`: what in the same sentence makes a warning of them. `undone`: words
    that deny as 'not' does, as in 'take the film off'.
    """

    mend: str | Promise
    pattern: re.Pattern
    says_no: bool = False
    turned: bool = False
    about: re.Pattern | None = None
    warns: re.Pattern | None = None
    undone: re.Pattern | None = None


PROMISE = _("Promises a result. Say what studies found, as 'may' or 'can'.")
NO_HARM = _("Denies pain or risk. Say what it feels like, how often, and what can go wrong.")
CURE = _("Claims cure, removal or reversal. Say 'may soften the look of' or what was measured.")
APPROVED = _("Claims approval by the FDA. Say 'FDA-cleared' or 'authorized', if the source does.")
STOPS = _("Tells people to stop a medicine. Say: ask whoever prescribed it; do not stop it on your own.")
COVERS = _("Tells people to cover numbing cream, which is dangerous. Say that it is never covered.")


RULES = [
    Rule(PROMISE, pattern_of(*words.RESULTS)),
    Rule(PROMISE, pattern_of(*words.LASTS), says_no=True),
    Rule(PROMISE, pattern_of(rf"permanen(?:t(?:ly)?|ce)(?!(?: \w+){{0,2}} {words.STAYS})"), warns=words.STAY_AS_RISK),
    Rule(NO_HARM, pattern_of(*words.NO_PAIN), says_no=True),
    Rule(
        NO_HARM,
        pattern_of(
            r"(?:has|have|there (?:is|are)) none|there (?:isn't|aren't) any",
            r"because it (?:doesn't|does not)|neither happens",
        ),
        says_no=True,
        about=words.NAMES_HARM,
    ),
    Rule(CURE, pattern_of(*words.REMOVAL)),
    Rule(CURE, pattern_of(*words.NO_MORE), says_no=True),
    Rule(
        CURE,
        pattern_of(
            r"(?:remov|wip|banish|delet)(?:e|es|ing|s) (?:them|all of them)|(?:clears?|rid of) them",
            r"mak(?:e|es|ing) them (?:vanish|disappear|go away)|(?:all |simply |just )?gone|(?:have|"
            r"get) them removed",
        ),
        about=words.NAMES_SKIN,
    ),
    Rule(CURE, pattern_of(r"leaves? without (?:them|it)"), says_no=True, about=words.NAMES_SKIN),
    Rule(
        APPROVED,
        pattern_of(
            rf"{words.FDA}(?:'s)?[^\w.]+(?:[\w'-]+[^\w.]+){{0,7}}?(?:approv|endors|sanction|bless|certif)\w+",
            rf"(?:approv|endors|sanction|bless|certif)\w+[^\w.]+(?:[\w'.-]+[^\w.]+){{0,8}}?{words.FDA}",
        ),
    ),
    Rule(
        STOPS,
        pattern_of(
            rf"(?:{words.STOP}|{words.OFF}){up_to(4)}(?:{words.MEDICINE})",
            rf"(?:{words.MEDICINE})(?: [\w-]+){{0,4}} (?:be|been|being|is|are) {words.STOPPED}",
            rf"(?:puts?|sets?|leav(?:e|es|ing))(?: [\w-]+){{0,2}} (?:{words.MEDICINE})(?: \w+)? "
            r"(?:on hold|on pause|aside|to one side|at home|off|out)",
            rf"(?:stop|quit)(?:p?ed|[pt]?ing|s)? (?:taking|using(?: your)?(?: [\w-]+)? {words.CREAM})",
            rf"(?:{words.MEDICINE}) (?:can wait|a (?:rest|break|miss))",
        ),
        warns=words.TELLS_OF_HARM,
    ),
    Rule(
        STOPS,
        pattern_of(
            rf"{words.NOT_TAKE}(?! any){up_to(2)}(?:{words.PRESCRIBED})",
            rf"(?:do|go|goes|going|doing) without{up_to(3)}(?:{words.MEDICINE})",
            rf"without (?:having )?tak(?:en|ing){up_to(2)}(?:{words.PRESCRIBED})",
            rf"no more (?:{words.PRESCRIBED})",
            rf"(?<=^)no (?:\w+ )?(?:{words.PRESCRIBED})(?: \w+)? (?:for|before|until|on|in|the)",
        ),
        says_no=True,
        warns=words.TELLS_OF_HARM,
    ),
    Rule(
        STOPS,
        pattern_of(
            rf"(?:{words.STOP}) (?:it|them|these|those|(?:the |a |your |one |two )?doses?)",
            r"(?:leav(?:e|ing)|giv(?:e|ing)|cut(?:ting)?) (?:it|them) (?:off|out|up)|(?:come|go|stay) off (?:it|"
            r"them)",
            r"break from (?:it|them)",
        ),
        about=words.NAMES_MEDICINE,
        warns=words.TELLS_OF_HARM,
    ),
    Rule(
        COVERS,
        pattern_of(
            rf"(?:{words.COVER})(?: (?!with\b)[\w'-]+){{0,5}} {words.CREAM}",
            rf"{words.CREAM}(?:[ ,]+[\w'-]+){{0,6}}[ ,]+(?:covered|wrapped|sealed|occluded|bandaged|taped)",
            rf"{words.FILM}(?:[ ,]+[\w'-]+){{0,8}}[ ,]+{words.CREAM}",
            rf"(?:towel|cloth|sheet|scarf|mask)(?: \w+)? (?:over|on|around) (?:the |your )?{words.CREAM}",
            r"cling[ -]?(?:film|wrap)|plastic wrap|occlusive dressings?",
            rf"{words.CREAM}(?:[ ,]+[\w'-]+){{0,8}}[ ,]+{words.FILM}",
        ),
        warns=words.NOT_AT_HOME,
        undone=words.TAKEN_OFF,
    ),
    Rule(
        COVERS,
        pattern_of(
            rf"(?:{words.COVER}) (?:it|them|yours|the (?:area|skin|face))",
            rf"{words.FILM}(?: \w+)? (?:over|around|on|across) (?:it|them|the (?:area|skin|face))",
            rf"(?:under|beneath|in) (?:\w+ ){{0,2}}{words.FILM}|then cover|(?:must|should) (?:also )?(?:cover|wrap)",
            r"use (?:one|a tight one)",
        ),
        about=words.NAMES_CREAM,
        warns=words.NOT_AT_HOME,
        undone=words.TAKEN_OFF,
    ),
    Rule(
        COVERS,
        pattern_of(r"uncovered|open to (?:the )?air|without (?:a |any )?(?:cover\w*|dressing|film|wrap\w*)"),
        turned=True,
        about=words.NAMES_CREAM,
        warns=words.NOT_AT_HOME,
    ),
]
