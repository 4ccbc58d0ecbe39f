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
        for found, mend in _kept(as_statement(sentence, after), before):
            yield begins + found.start(), found[0], mend, sentence
        begins += len(sentence) + 1
        before = sentence


def _kept(sentence, sentence_before):
    """The promises of a sentence that no denial reaches; a denial of one reaches those listed with it."""
    denied_to, kept_to = 0, {}
    for found, rule in _all_found(sentence, sentence_before):
        is_listed = 0 < denied_to <= found.start() and LISTED.fullmatch(sentence[denied_to : found.start()])
        own_no = rule.says_no or rule.turned
        denied = is_listed or is_denied(sentence, *found.span(), own_no, rule.undone)
        if bool(denied) != rule.turned:
            denied_to = found.end()
        elif found.start() >= kept_to.get(id(rule), 0):
            yield found, rule.mend
            kept_to[id(rule)] = found.end()


def _all_found(sentence, sentence_before):
    """Each match of each rule, also those that overlap, in their order."""
    found = []
    for rule in RULES:
        if rule.warns and rule.warns.search(sentence):
            continue
        match = rule.pattern.search(sentence)
        while match:
            said_before = f"{sentence_before} {sentence[: match.start()]}"[-NEAR:]
            if rule.about is None or rule.about.search(said_before):
                found.append((match, rule))
            match = rule.pattern.search(sentence, match.start() + 1)
    return sorted(found, key=lambda pair: pair[0].start())
