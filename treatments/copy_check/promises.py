"""What is never promised, unless it is denied or asked (rules of copy: no result, no painlessness, no approval)."""

from treatments.copy_check.denials import LISTED, NEAR, as_statement, denies_harm, is_denied
from treatments.copy_check.reading import SENTENCE_END
from treatments.copy_check.rules import NO_HARM, RULES


def promises_in(text):
    """What a text on one line promises, neither denied nor asked: (place, words, what to do, sentence), in order."""
    begins, before = 0, ""
    sentences = SENTENCE_END.sub(r"\1\n", text).split("\n")
    for sentence, after in zip(sentences, [*sentences[1:], ""], strict=True):
        if denies_harm(before, sentence):
            yield begins, sentence, NO_HARM, sentence
        for match, mend in _not_denied(as_statement(sentence, after), before):
            yield begins + match.start(), match[0], mend, sentence
        begins += len(sentence) + 1
        before = sentence


def _not_denied(sentence, sentence_before):
    """The promises of a sentence that no denial reaches; a denial of one reaches those listed with it."""
    denied_to, reported_to = 0, {}
    for match, rule in _matches(sentence, sentence_before):
        is_listed = 0 < denied_to <= match.start() and LISTED.fullmatch(sentence[denied_to : match.start()])
        own_no = rule.says_no or rule.turned
        denied = is_listed or is_denied(sentence, *match.span(), own_no, rule.undone)
        if bool(denied) != rule.turned:
            denied_to = match.end()
        elif match.start() >= reported_to.get(id(rule), 0):
            yield match, rule.mend
            reported_to[id(rule)] = match.end()


def _matches(sentence, sentence_before):
    """Each match of each rule, also those that overlap, in their order."""
    matches = []
    for rule in RULES:
        if rule.warns and rule.warns.search(sentence):
            continue
        match = rule.pattern.search(sentence)
        while match:
            text_before = f"{sentence_before} {sentence[: match.start()]}"[-NEAR:]
            if rule.about is None or rule.about.search(text_before):
                matches.append((match, rule))
            match = rule.pattern.search(sentence, match.start() + 1)
    return sorted(matches, key=lambda pair: pair[0].start())
