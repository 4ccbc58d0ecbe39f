"""Tokens that one run of the cipher makes are those that `Fernet` makes one by one."""

from base64 import urlsafe_b64decode

from cryptography.fernet import Fernet

from clinic_site.security.tokens_in_bulk import BLOCK, encrypted_at_once

KEY = Fernet.generate_key()
# Shorter than a block, exactly one and two, and one more and less; letters of several bytes.
MESSAGES = [b"", b"a", b"b" * (BLOCK - 1), b"c" * BLOCK, b"d" * (BLOCK + 1), b"e" * 2 * BLOCK, "زينب".encode()]


def test_each_is_opened_by_itself_in_any_order():
    tokens = encrypted_at_once(MESSAGES, KEY)
    fernet = Fernet(KEY)
    assert [fernet.decrypt(token) for token in reversed(tokens)] == MESSAGES[::-1]


def test_they_were_made_now_and_are_as_long_as_those_made_alone():
    fernet = Fernet(KEY)
    for message, token in zip(MESSAGES, encrypted_at_once(MESSAGES, KEY), strict=True):
        assert fernet.decrypt(token, ttl=60) == message
        assert len(token) == len(fernet.encrypt(message))


def test_of_equal_messages_no_two_blocks_are_equal():
    tokens = [urlsafe_b64decode(token) for token in encrypted_at_once([b"the same words, of two blocks"] * 1000, KEY)]
    blocks = [token[9 + at : 9 + at + BLOCK] for token in tokens for at in range(0, 3 * BLOCK, BLOCK)]
    assert len(set(blocks)) == 3000


def test_nothing_makes_nothing():
    assert encrypted_at_once([], KEY) == []
