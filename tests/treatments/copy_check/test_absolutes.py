"""What says all or none of a treatment, a result or a risk at least asks for its source."""

import pytest

from treatments.copy_check import check


@pytest.mark.parametrize(
    "text",
    [
        "Everybody sees results after needling.",
        "Nobody regrets this treatment.",
        "Zero of our patients had side effects.",
        "It is the best treatment for scars.",
        "Ours is the safest needling in Michigan.",
        "The results are beyond doubt.",
        "Needling never leaves scars.",
        "It always helps.",
    ],
)
def test_what_says_all_or_none_of_a_treatment_at_least_asks(text):
    assert any(issue.blocks or "says all or none" in issue.advice for issue in check(text))


@pytest.mark.parametrize(
    "text", ["Everybody is welcome here.", "Is this the best treatment for me?", "The best of luck."]
)
def test_what_says_all_or_none_of_something_else_asks_nothing(text):
    assert not any("all or none" in issue.advice for issue in check(text))


@pytest.mark.parametrize(
    "text",
    ["Permanent darkening of the skin is possible.", "It may leave permanent dents.", "A permanent patch is rare."],
)
def test_a_true_risk_that_stays_passes(text):
    assert [issue for issue in check(text) if issue.blocks] == []


@pytest.mark.parametrize("text", ["", "!", "75", "جلد: نص عربي"])
def test_what_has_no_sentence_in_plain_letters_passes(text):
    assert check(text) == []
