"""How a search reads words that are mistyped, begun, or written apart."""

import pytest

from tests.treatments.search.test_finding import found, results_of, show

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("microneadling", "microneedling"),
        ("isotretinion", "isotretinoin"),
        ("collegen", "collagen"),
        ("recovrey", "recovery"),
        ("sunscren", "sunscreen"),
    ],
)
def test_a_mistyped_word_is_read_as_the_most_alike_one_and_said_so(client, typed, meant):
    results = results_of(typed)
    assert (results.meant, results.read_as[typed]) == (meant, meant)
    assert [each.passage for each in results] == [each.passage for each in results_of(meant)]
    assert f"Did you mean “{meant}”?" in client.get("/search/", {"q": typed}).text


def test_two_words_that_were_typed_as_one_are_read_as_two():
    assert results_of("coldsores").meant in ("cold sores", "")
    assert results_of("lastingbumps").meant == "lasting bumps"


def test_words_that_the_guide_writes_as_one_may_be_typed_apart():
    assert found("sun screen")[0] == found("sunscreen")[0]


def test_a_word_that_was_begun_is_read_to_its_end():
    show(body="Hippopotamus after hippopotamus.")
    assert results_of("hippop").meant == "hippopotamus"


def test_a_short_word_is_read_as_it_is_typed():
    assert found("zby") == []


def test_a_word_like_no_other_finds_nothing_and_is_not_read_as_another():
    nothing = results_of("zzyzxqq")
    assert (len(nothing), nothing.read_as, nothing.meant) == (0, {}, "")


def test_a_word_cut_short_is_read_to_its_end_before_it_is_read_as_a_mistyped_one():
    show(body="Hippodrome, hippodrome, hipps.")
    assert results_of("hippo").meant == "hippodrome"


def test_a_short_word_with_another_consonant_is_another_word():
    show(body="Zebra, quell.")
    assert (results_of("zegra").meant, results_of("zerba").meant, results_of("zebre").meant) == ("", "zebra", "zebra")


def test_a_short_word_with_a_consonant_that_sounds_alike_is_the_same_word():
    assert (results_of("scarz").meant, results_of("skars").meant) == ("scars", "scars")


def test_a_short_word_with_a_consonant_more_is_another_word_but_not_with_one_twice():
    show(body="Quag.")
    assert (results_of("quarg").meant, results_of("quagg").meant, results_of("quaag").meant) == ("", "quag", "quag")


def test_a_word_of_middle_length_is_another_one_where_two_letters_differ_and_not_in_vowels_alone():
    show(body="Quaggas.")
    assert (results_of("quiggos").meant, results_of("quakkas").meant) == ("quaggas", "")


def test_a_short_word_with_another_first_letter_is_another_word_but_not_with_another_vowel_there():
    show(body="Giraffe, aardvark, okapis.")
    assert (results_of("biraffe").meant, results_of("ekapis").meant) == ("", "okapis")
    assert results_of("aadvark").meant == "aardvark"


def test_a_word_of_four_letters_is_not_the_beginning_of_another():
    show(body="Zygomatics after zygomatics.")
    assert (results_of("zygo").meant, results_of("zygom").meant) == ("", "zygomatics")
