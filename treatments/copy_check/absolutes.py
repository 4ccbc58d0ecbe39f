"""Words that say all or none of a treatment, a result or a risk: they block nothing, but ask for the source."""

from django.utils.translation import gettext as _

from treatments.copy_check.denials import as_statement
from treatments.copy_check.reading import sentences
from treatments.copy_check.vocabulary import pattern_of

ALL_OR_NONE = pattern_of(
    r"(?<!not )(?<!not for )every(?:body|one)|(?:nobody|no one)(?! (?:knows|can|has counted|should)\b)",
    r"(?<!not )(?:never|always)",
    r"(?<!not )zero|best|safest|unmatched|unrivaled|undoubtedly|unquestionably|absolutely|completely|totally",
    r"(?:beyond|without) (?:any |all |a )?(?:doubt|question)|100 ?(?:%|percent)|(?:a |one )?hundred per ?cent",
    r"in all cases|without exception|by far",
)
OF_TREATMENT = pattern_of(
    r"\w*needling|treatments?|procedures?|sessions?|therap(?:y|ies)|prp|devices?|pens?|rollers?|creams?|methods?",
    r"results?|outcomes?|improve\w*|effects?|chang(?:e|es|ed|ing)|success\w*|works?|helps?|heals?|younger|smoother",
    r"risks?|dangers?|harm\w*|pain\w*|hurts?|side[ -]effects?|complications?|infections?|safe\w*|scars?|scarring",
    r"satisf\w+|happy|pleased|delighted|love[ds]?",
)


def all_or_none_in(text):
    """What says all or none in a text on one line: (place, words, advice)."""
    found = sentences(text)
    for sentence, after in zip(found, [*found, ""][1:], strict=True):
        said = as_statement(sentence, after)
        match = ALL_OR_NONE.search(said)
        if match and OF_TREATMENT.search(said):
            mend = _("“%(words)s” says all or none. Does the source say so? Else say how many, or ‘may’.")
            yield text.index(sentence) + match.start(), sentence, mend % {"words": match[0]}
