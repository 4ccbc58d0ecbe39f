"""The copy check finds what promises, by meaning; what is denied or asked passes; advice never blocks."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from treatments.copy_check import check, rules
from treatments.copy_check.jargon import hard_words
from treatments.copy_check.plain import plain

COPY = Path(__file__).parent / "copy"
MENDS = {
    "promise": rules.PROMISE,
    "pain-risk": rules.NO_HARM,
    "cure": rules.CURE,
    "fda": rules.APPROVED,
    "medicine": rules.STOPS,
    "cover": rules.COVERS,
}


def sentences_of(name):
    """The sentences of a file, each with its kind; a line break within one is written as \\n."""
    lines = (COPY / f"{name}.tsv").read_text().splitlines()
    return [line.replace("\\n", "\n").split("\t") for line in lines]


BLOCKED, LOOKS_DENIED, PASSES, ADVICE = map(sentences_of, ["blocked", "looks-denied", "passes", "advice"])


def blocking(text):
    return [issue for issue in check(text) if issue.blocks]


def mends(text):
    return {issue.advice for issue in blocking(text)}


def hard_in(text):
    """What is hard to read in a text: 'long' for a sentence, 'grade' for a paragraph, 'jargon' for words."""
    found = {"long" if "words. Make two" in issue.advice else "grade" for issue in check(text)}
    return found | ({"jargon"} if hard_words(text) else set())


def test_there_are_at_least_120_sentences_of_each_kind():
    of_each_kind = [{text for each, text in (*BLOCKED, *LOOKS_DENIED) if each == kind} for kind in MENDS]
    of_each_file = [{text for _kind, text in lines} for lines in (BLOCKED, LOOKS_DENIED, PASSES, ADVICE)]
    assert min(map(len, of_each_kind + of_each_file)) >= 120


def test_what_promises_is_blocked():
    assert [text for kind, text in BLOCKED if MENDS[kind] not in mends(text)] == []


def test_what_only_looks_denied_or_asked_is_blocked():
    assert [text for kind, text in LOOKS_DENIED if MENDS[kind] not in mends(text)] == []


def test_what_is_denied_asked_or_plain_passes():
    assert {text: issues for _kind, text in PASSES if (issues := blocking(text))} == {}


def test_what_is_hard_to_read_is_advised_and_what_is_easy_is_not():
    found = [(kind, hard_in(text), text) for kind, text in ADVICE]
    assert [each for each in found if (each[0] not in each[1] if each[0] != "easy" else each[1])] == []


def test_what_is_hard_to_read_is_never_blocked():
    assert {text: issues for _kind, text in ADVICE if (issues := blocking(text))} == {}


@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        lambda text: text.replace("a", "\N{CYRILLIC SMALL LETTER A}").replace("e", "\N{CYRILLIC SMALL LETTER IE}"),
        lambda text: text.replace("o", "\N{GREEK SMALL LETTER OMICRON}").replace("i", "\N{GREEK SMALL LETTER IOTA}"),
        lambda text: "\N{ZERO WIDTH SPACE}".join(text),
        lambda text: "\N{SOFT HYPHEN}".join(text),
        lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
        lambda text: text.replace(" ", "\n"),
        lambda text: text.replace("-", "\N{NON-BREAKING HYPHEN}"),
        lambda text: "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text),
    ],
    ids=[
        "capitals",
        "Cyrillic",
        "Greek",
        "zero width",
        "soft hyphens",
        "fixed spaces",
        "line breaks",
        "hyphens",
        "wide",
    ],
)
def test_no_disguise_helps(disguise):
    promises = [text for _kind, text in BLOCKED if text.isascii()][::12]
    assert [text for text in promises if not blocking(disguise(text))] == []


@pytest.mark.parametrize(
    "text", ["It c u r e s scars.", "p a i n l e s s", "A p4inl3ss visit.", "It er-\nases scars.", "pain-\nless"]
)
def test_words_that_are_spelled_out_broken_or_written_with_digits_are_read(text):
    assert blocking(text)


@pytest.mark.parametrize("text", ["Needles are 0.5 mm long.", "In 2007 the FDA wrote.", "a b c"])
def test_numbers_and_short_letters_stay_as_they_are(text):
    assert plain(text) == text


def test_a_finding_names_its_line_its_words_and_what_to_do():
    (issue,) = blocking("It may help.\n\nDo not wait.\nIt cures\nscars.")
    assert (issue.line, issue.words) == (4, "cures") and "may soften the look of" in issue.advice


def test_a_long_sentence_and_a_hard_paragraph_are_advised_not_blocked():
    long = "It may " + "help some of the people who come here " * 4 + "now."
    hard = "Percutaneous collagen induction necessitates considerable consideration of individual characteristics. " * 4
    advised = check(f"{long}\n\n{hard}")
    assert not any(issue.blocks for issue in advised)
    assert [(issue.line, issue.advice.split()[0]) for issue in advised] == [
        (1, "This"),
        (1, "Reading"),
        (3, "Reading"),
    ]


def test_a_citation_is_not_counted_as_words():
    text = "It may help some people a little after a few visits when the skin heals well and rests, as studies say so."
    assert check(text) == check(text.replace("well", "well [S1, S2, S3]"))


def test_an_easy_text_has_no_findings():
    assert check("It may help. Ask us.\n\nMost people feel some sting.") == []


def run(text, tmp_path):
    file, out = tmp_path / "copy.txt", io.StringIO()
    file.write_text(text)
    try:
        call_command("copycheck", str(file), stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_one_finding_a_line_and_ends_with_1_if_any_blocks(tmp_path):
    code, said = run("It may help.\nIt cures scars.\nIt is painless.\n", tmp_path)
    assert code == 1 and [line[:11] for line in said.splitlines()] == ["2: blocking", "3: blocking"]


def test_the_command_ends_with_0_where_there_is_only_advice(tmp_path):
    code, said = run("It may " + "help some of the people who come here " * 4 + "now.", tmp_path)
    assert code == 0 and said.startswith("1: advice")


def test_the_command_reads_what_is_piped_in(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("It cures scars."))
    with pytest.raises(SystemExit):
        call_command("copycheck", "-", stdout=io.StringIO())


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), (b"\xff\xfe\xfa", "not UTF-8")])
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(tmp_path, content, said):
    file = tmp_path / "copy.txt"
    if content:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        call_command("copycheck", str(file))
