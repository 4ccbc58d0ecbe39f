"""Whether a sentence says a thing, denies it, asks it or warns of it."""

import re

DENIAL = re.compile(
    r"\b(?:not|no|never|nobody|none|nothing|neither|cannot|without|unless|rather than|instead of|refus(?:e[sd]?|ing)|"
    r"lacks?|anything (?:but|other than|less than)|differ(?:s|ent) from|nor)\b|n't\b",
    re.IGNORECASE,
)
NO_DENIAL = re.compile(
    r"\bneither\b(?=.*\bnor\b)|\bnot without\b"
    r"|(?:\bnot|n't|\bneed) (?:only|just|merely|simply|hesitate|worry|wait|forget|fear|be (?:shy|afraid)|enough|"
    r"long before)\b"
    r"|\b(?:no|without|not) (?:a )?(?:doubt|question|wonder|secret|denying|need to (?:worry|ask))\b"
    r"|\bnever (?:doubt|too late|before)\b|\bno exaggeration\b|\bnot (?:exaggerating|a myth)\b|n't exaggerating\b|"
    r"n't hurt to\b|(?:\bnot|n't) have to ask\b"
    r"|\bno(?:body)? (?:other|else|better|harm in|empty)\b|\b(?:nobody|no one) can deny\b|\bnothing (?:but|less|"
    r"like|else)\b"
    r"|(?:\bnot|n't|\bnever|\bwithout) fails?\b|\bno matter\b|\b(?:cannot|can't) (?:go wrong|deny|find)\b"
    r"|(?:\bnot|n't|\bnever) (?:settle for|deny|doubt|live with)\b|(?:\bnot|n't) need (?:\w+ )?\w+'s permission\b|"
    r"\bnot dangerous\b|n't dangerous\b|\bnever has\b",
    re.IGNORECASE,
)
NEAR = 400  # letters around words that are read for what they mean; a sentence has fewer, unless it is no sentence
REACH = 12  # words: a denial further off denies something else
NEW_THOUGHT = re.compile(
    r"[;:()–—]|, (?!or\b|nor\b|and\b|(?:(?!it|they|you|we|this|is|are)\w+ ){1,4}(?:or|nor)\b)"
    r"|\b(?:but|because|so|yet|while|although|(?<!that )(?<!if )(?<!whether )(?:it is|they are))\b|, then\b|"
    r", and (?=(?:we|you|they|it|there|your|stop|"
    r"skip|cover|wrap)\b)|\bwhen (?=we\b|ours?\b)"
    r"| (?:and|or) (?=(?:no|not|none|nobody|never)\b)"
    r"| and (?=(?:\w+ ){0,2}(?:do|does|did|can|will|would|is|are|has|have|should|may|must)(?:n't| not|not)\b)"
)
END_OF_THOUGHT = re.compile(r"[;:()–—!]|\b(?:but|because|so|yet|while|although)\b")
LISTED = re.compile(r"(?:[\s,]|\b(?:or|nor|and|any)\b)*")

WARNS_OF = re.compile(
    r"\bbeware\b|\bbe (?:careful|wary|skeptical|suspicious)\b|(?<!not )(?<!n't )\b(?:wrong|false|untrue|dishonest|"
    r"dangerous|unsafe|unwise)(?: of \w+)? to\b|(?<!not )\ba myth\b|\bif you(?: \w+){0,2} told\b"
    r"|(?:\bnot|n't|\bnever) (?:trust|believe)\b|\bavoid (?:any|clinics?|spas?)\b"
    r"|\b(?:if|when) (?:someone|anyone|somebody|anybody|a \w+|they)\s*$"
    r"|\b(?:if|when|anyone who|anybody who|someone who|whoever) (?:(?:someone|anyone|somebody|(?:a|any|another) \w+|"
    r"they) )?"
    r"(?:says?|tells?|promises|claims?|offers?)\b"
    r"|(?<!need to )(?<!have to )\b(?:ask|talk|speak|check|call)\b[^;:]*\b(?:doctor|prescri\w+|"
    r"pharmacist)\b[^;:]*\b(?:before|first)\b"
    r"|\bdoctor\b[^;:,]*\b(?:decides?|may|might|whether)\b"
    r"|\bif you(?: have|'ve)(?: already)?(?: ever)?\s*$|\bif you (?:hear|read)\b|\ba mistake to\b",
    re.IGNORECASE,
)
DENIED_AFTER = re.compile(
    r"^\W*(?:is|are|was|were)(?: not|n't)\b|^\W*(?:it|this|that|they) (?:is|are|do|does)(?: not|n't)\b"
    r"|\b(?:is|are|would be|may be) (?:\w+ )?(?:wrong|false|untrue|dishonest|misleading|mistaken|unlikely|dangerous|"
    r"unsafe|impossible|a myth)\b"
    r"|\b(?:is|are)(?: not|n't) (?:\w+ )?(?:true|right|fair|safe|possible|real|correct|something)\b"
    r"|\bdo(?:es)?(?: not|n't) exist\b|\bis more than\b|\b(?:not|n't|never) (?:believe|trust)\b"
    r"|\b(?:nobody|no one) can\b|\bsuspicious\b|\bwarning sign\b|\bred flag\b",
    re.IGNORECASE,
)

BUT_DO_NOT = re.compile(
    r"^[^;:]*\bbut (?:please |we )?(?:do not|don't|never)\b|^[^:]*; (?:that|this|it) is (?:unsafe|wrong|dangerous|"
    r"not)\b",
    re.IGNORECASE,
)
BUT_WE_DO = re.compile(
    r"[,;] (?:but |and )?(?:we|ours?|our [\w ]+) (?:do|does|can|is|are|will|has|have)(?: it)?\W*$"
    r"|\bours has\W*$|\bif (?:it|they|we) (?:were|was|did)(?:n't| not)\b|^,? which (?:we|it|ours?) (?:have|has|is)\b",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"(?:and |or |but )?(?:is|are|am|was|were|do|does|did|will|would|can|could|should|may|might|has|have|had|what|"
    r"how|"
    r"who|why|when|where|which|if|i)\b",
    re.IGNORECASE,
)
ONLY_SEEMS_TO_ASK = re.compile(
    r"(?:is|are|was|does|do|did|would|could|wo|ca|has|have)n't\b|did you know\b|do you know that\b|who else\b"
    r"|(?:could|can|would|will) you (?=please\b|kindly\b)|have you\b(?=.*\byet\b)|what better\b|who knew\b|"
    r"why would(?:n't| not)\b|why (?:fear|worry|wait|hesitate)\b",
    re.IGNORECASE,
)
ASKS_TO_DENY = re.compile(
    r"why (?=not\b|(?!do|does|did|is|are|was|were|am|can|could|should|must|may|might|will|would|has|have|had|some|"
    r"the|my)"
    r"[a-z]+\b)|who (?:would|could|does|do)(?=n't| not)",
    re.IGNORECASE,
)
YES = re.compile(
    r"(?:yes|absolutely|of course|certainly|definitely|sure|indeed|always)\b"
    r"|(?:it|they|ours?|we) (?:\w+ly |sure )?(?:does|is|can|will|do|are|has|have)\b(?:[.!]|$)|with (?:us|our)\b|"
    r".*\bdo(?:es)? exactly that\b",
    re.IGNORECASE,
)
NO = re.compile(
    r"(?:no|none|never|nothing)(?: whatsoever)?(?=[.,!;:]|$)|(?:ours|it|this|we) never\b|not (?:at all|with our|"
    r"with this|even|a bit|in our|(?:in )?the slightest)\b",
    re.IGNORECASE,
)
ASKS_OF_HARM = re.compile(
    r"(?:(?:does|will|is|can) (?:it|this|anything|the (?:treatment|procedure|needling|needles?|pen)|\w*needling|prp)"
    r"|(?:is|are) there|will (?:i|you) (?:need|have|feel)|who says)\b.*"
    r"\b(?:hurt|painful|pain|sting|risks?|risky|dangerous|side effects?|complications?|downtime|go wrong)\b(?!-)",
    re.IGNORECASE,
)
ASKS_IF_SAFE = re.compile(r"(?:is|are)\b.*\bsafe\b", re.IGNORECASE)
FOR_ALL = re.compile(r".*\b(?:everyone|everybody|anyone|all|always|completely|absolutely)\b", re.IGNORECASE)


def as_statement(sentence, answer):
    """
    The sentence as far as it states something; '' where it only asks. `answer` is the sentence after it.

    'Does it hurt?' asks; 'Ready for painless skin?' sells; 'Isn't it painless?' and 'Is it painless? Yes.' say so.
    """
    bare = sentence.lstrip("\"'“‘( ")
    if not sentence.rstrip("\"'”’) ").endswith("?") or not ASKS.match(bare.replace("n't", " not", 1)):
        return sentence
    if match := ONLY_SEEMS_TO_ASK.match(bare):
        return _blank(sentence, sentence.index(bare), match)
    if match := ASKS_TO_DENY.match(bare):
        return _blank(sentence, sentence.index(bare), match, "not")
    return sentence if YES.match(answer) else ""


def _blank(sentence, start, match, word=""):
    """The sentence with what matched taken out of it, and every letter else in its place."""
    end = start + match.end()
    return sentence[:start] + word.ljust(match.end())[: match.end()] + sentence[end:]


def denies_harm(question, answer):
    """'Does it hurt? Not at all.' 'Is it safe? Yes, for everyone.'"""
    if not question.rstrip().endswith("?"):
        return False
    of_safety = ASKS_IF_SAFE.match(question) and YES.match(answer) and FOR_ALL.match(answer)
    return bool((ASKS_OF_HARM.match(question) and NO.match(answer)) or of_safety)


def is_denied(sentence, start, end, own_no=False, undone=None):
    """
    Whether what stands around the words from `start` to `end`, in the same thought and near, says no to them or warns.

    Two denials say yes: 'nobody leaves without permanent results'. So do words like 'not only'. `own_no`: a 'no' within
    the words is part of what they say. `undone`: words that deny as well.
    """
    first = max(0, start - NEAR)
    sentence, start, end = sentence[first : end + NEAR], start - first, end - first
    within, after = sentence[start:end], sentence[end:]
    begins = max((turn.end() for turn in NEW_THOUGHT.finditer(sentence) if turn.end() <= start), default=0)
    near = " ".join(sentence[begins:start].split()[-REACH:])
    text = NO_DENIAL.sub(" ", near if own_no else f"{near} | {within}")
    denials = len(DENIAL.findall(text))
    denials += bool(undone and undone.search(f"{near} {within}{after}"))
    if denials:
        return denials % 2 == 1 and not BUT_WE_DO.search(after)
    thought = END_OF_THOUGHT.split(sentence[:start])[-1]
    return bool(
        WARNS_OF.search(thought) or DENIED_AFTER.search(END_OF_THOUGHT.split(after)[0]) or BUT_DO_NOT.search(after)
    )
