"""What is never promised, unless it is denied or asked (rules of copy: no result, no painlessness, no approval)."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from treatments.copy_check.reading import SENTENCE_END

MEDICINE = (
    r"medicines?|medications?|meds|drugs?|pills?|tablets?|prescriptions?|isotretinoin|accutane|aspirin|ibuprofen|"
    r"(?:blood )?thinners?|warfarin|antibiotics?"
)
SKIN = (
    r"scars?|scarring|wrinkles?|(?:fine )?lines?|spots?|blemish(?:es)?|marks?|melasma|sun damage|pigment\w*|aging|"
    r"discoloration|acne|crow'?s feet"
)
FILM = r"(?:plastic|film|foil|(?:a )?(?:bandage|dressing))"
CREAM = r"(?:cream|gel|ointment|lidocaine|anesthetic|numbing)"


@dataclass(frozen=True)
class Rule:
    """Words that block, in every inflection, and what to write instead."""

    mend: str | Promise
    pattern: re.Pattern
    says_no: bool  # its own words can hold a 'no', as 'no pain' does; in those of other rules a 'no' denies


def _rule(mend, *patterns, says_no=False):
    return Rule(mend, re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE), says_no)


STOPS = _("Tells people to stop a medicine. Say: ask whoever prescribed it; do not stop it on your own.")
RULES = [
    _rule(
        _("Promises a result. Say what studies found, as 'may' or 'can'."),
        r"guarant(?:ee\w*|ies|y)|warrant(?:y|ies|ed)|promis(?:e[sd]?|ing)",
        r"permanen(?:t\w*|ce)|forever|for good|once and for all|lifelong|for the rest of your life",
        r"miracl\w+|miraculous\w*|magic\w*|flawless\w*|perfect skin|(?:instant|overnight|immediate)(?:ly)? results?",
        r"(?:always|certain(?:ly)?|sure|bound) (?:to )?(?:works?|help|succeeds?)|works? (?:every time|for everyone)",
        r"(?:100|hundred) ?(?:%|percent|per cent) (?:success\w*|effective|sure|certain|satisf\w+)",
        r"(?:scar|wrinkle|line)-free",
    ),
    _rule(
        _("Denies pain or risk. Say what it feels like, how often, and what can go wrong."),
        r"pain[- ]?less\w*|pain[- ]?free|without (?:any |the )?(?:pain|discomfort)",
        r"(?<!means )(?<!0 is )(?:no|zero) (?:pain|discomfort)",
        r"(?:do|does|did|will|would)(?: not|n't) (?:even )?(?:hurt|sting)|won't (?:even )?(?:hurt|sting)",
        r"feels? nothing|(?:not|\w+n't) feel (?:a thing|anything|any pain)|nothing to (?:fear|worry about)",
        r"risk[- ]?(?:free|less)\w*|free (?:of|from) (?:any )?risks?|(?:no|zero|without(?: any)?) risks?|harmless\w*",
        r"(?:no|zero|without(?: any)?) (?:downtime|side effects?|complications?)",
        r"safe for (?:every(?:one|body)|all|anyone|any skin)",
        r"(?:completely|totally|entirely|perfectly|100 ?%|always) safe",
        says_no=True,
    ),
    _rule(
        _("Claims cure, removal or reversal. Say 'may soften the look of' or what was measured."),
        r"eliminat\w+|eradicat\w+",
        r"eras(?:e[sdr]?|ers|ing|ures?|able)",
        r"revers(?:e[sdr]?|ing|als?|ib\w+)|turn(?:s|ed|ing)? back (?:the clock|time|aging|the years)",
        r"cur(?:e[sd]?|ing|able|ative)",
        rf"(?:remov|vanish|banish|melt|dissolv|wip|delet)(?:e[sd]?|ing|s|ed|es|al of)?(?: \w+){{0,3}} (?:{SKIN})",
        rf"get(?:s|ting)? rid of(?: \w+){{0,3}} (?:{SKIN})",
        rf"(?:{SKIN})(?: \w+){{0,2}} (?:disappear|vanish)(?:s|es|ed|ing)?|good-?bye to(?: \w+){{0,3}} (?:{SKIN})",
    ),
    _rule(
        _("Claims approval by the FDA. Say 'FDA-cleared' or 'authorized', if the source does."),
        r"(?:FDA|Food and Drug Administration)(?:'s)?\)?[- ]+(?:\w+ ){0,2}approv\w+",
        r"approv\w+(?: \w+){0,3} (?:by|from|of) (?:the )?(?:U\.?S\.? )?(?:FDA|Food and Drug)",
    ),
    _rule(
        STOPS,
        rf"(?:stop|quit|skip|paus|drop|halt|discontinu)(?:p?ed|p?ing|s|es|e)?(?: \w+){{0,3}} (?:{MEDICINE})",
        r"(?:stop|quit)(?:p?ed|[pt]?ing|s)? (?:taking|using)",
        rf"(?:com(?:e|ing)|go(?:ing)?|get(?:ting)?) off(?: \w+){{0,3}} (?:{MEDICINE})",
        rf"leav(?:e|ing) out(?: \w+){{0,3}} (?:{MEDICINE})",
    ),
    _rule(
        STOPS,
        rf"do without(?: \w+){{0,3}} (?:{MEDICINE})",
        says_no=True,
    ),
    _rule(
        _("Tells people to cover numbing cream, which is dangerous. Say that it is never covered."),
        rf"(?:cover|wrap|seal|occlud)(?:e?s|ed|ing|p?ed|p?ing)?(?: (?!with\b)\w+){{0,4}} {CREAM}",
        rf"{CREAM}(?:,? \w+){{0,5}},? (?:(?:cover|wrapp?|seal|occlud)ed|under {FILM})",
        r"(?:cling ?film|plastic wrap|occlusive dressings?)",
    ),
]

# A sentence that tells what harm covered cream has done does not tell people to cover it: the last rule leaves it.
WARNS = re.compile(
    r"\b(?:died|deaths?|danger\w*|poison\w*|overdos\w*|harm(?:ed|s)?|warn\w*|seizures?|had (?:put|covered|wrapped))\b",
    re.IGNORECASE,
)

DENIAL = re.compile(
    r"\b(?:not|no|never|nobody|none|nothing|neither|nor|cannot|without|rather than|instead of)\b|n't\b", re.IGNORECASE
)
NO_DENIAL = re.compile(
    r"(?:\bnot|n't) (?:only|just|merely|simply|hesitate|worry|wait|forget)\b"
    r"|\b(?:no|without) (?:doubt|question|wonder)\b"
    r"|\bnothing (?:but|less)\b|(?:\bnot|n't|\bnever) fails?\b|\bno matter\b",
    re.IGNORECASE,
)
REACH = 9  # words: a denial further off denies something else
NEW_THOUGHT = re.compile(
    r"[;:()–—]|, (?!or\b|nor\b|and\b|(?:(?!it|they|you|we|this|is|are)\w+ ){1,4}(?:or|nor)\b)"
    r"|\b(?:but|because|so|yet|while|although|then|it is|they are)\b"
)
LISTED = re.compile(r"(?:[\s,]|\b(?:or|nor|and|any)\b)*")
ASKS = re.compile(
    r"(?:and |or |but )?(?:is|are|am|was|were|do|does|did|will|would|can|could|should|may|might|has|have|had|what|how|"
    r"who|why|when|where|which)\b",
    re.IGNORECASE,
)


def promises_in(text):
    """What a text on one line promises, neither denied nor asked: (place, words, what to do), in its order."""
    begins = 0
    for sentence in SENTENCE_END.sub(r"\1\n", text).split("\n"):
        if not is_asked(sentence):
            for found, mend in _kept(sentence):
                yield begins + found.start(), found[0], mend
        begins += len(sentence) + 1


def is_asked(sentence):
    """'Does it hurt?' asks; 'Ready for painless skin?' sells."""
    return sentence.rstrip("\"'”’) ").endswith("?") and bool(ASKS.match(sentence.lstrip("\"'“‘( ")))


def _kept(sentence):
    """The promises of a sentence that no denial reaches; a denial of one reaches those listed with it."""
    denied_to = None
    for found, rule in _all_found(sentence):
        goes_on = denied_to is not None and LISTED.fullmatch(sentence[denied_to : found.start()])
        denied_within = not rule.says_no and is_denied(found[0])
        if goes_on or denied_within or is_denied(sentence[: found.start()]):
            denied_to = found.end()
        else:
            yield found, rule.mend
            denied_to = None


def _all_found(sentence):
    rules = RULES[:-1] if WARNS.search(sentence) else RULES
    found = [(match, rule) for rule in rules for match in rule.pattern.finditer(sentence)]
    return sorted(found, key=lambda pair: pair[0].start())


def is_denied(before):
    """Whether what stands before a word, in the same thought and near it, says no to it."""
    thought = NEW_THOUGHT.split(before)[-1]
    near = " ".join(thought.split()[-REACH:])
    return bool(DENIAL.search(NO_DENIAL.sub(" ", near)))
