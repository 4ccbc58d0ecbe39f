"""A small guide of the tests' own, as a folder: a sample, with invented words and an invented source."""

import shutil

from treatments import loading

PASSAGES = ["limits", "risks", "who-should-not", "when-to-call", "alternatives"]

SAMPLE = {
    "guide.toml": 'slug = "sample-peel"\nposition = 5\n',
    "sources.toml": '[[source]]\nkey = "S900"\ntitle = "A sample source"\nnote = "Invented for a test."\n',
    "en/treatment.toml": (
        'position = 10\ntitle = "Sample peel"\nheading = "A sample of a treatment"\n'
        'lead = "Words of a test."\nsummary = "A sample that a test made."\n'
    ),
    "en/sections/overview.toml": (
        'position = 10\nkind = "overview"\ntitle = "Overview"\nheading = "What a sample peel is"\n'
        'lead = "Words of a test."\nsummary = "A sample page."\n\n'
        '[[passage]]\nkey = "how"\nheading = "How it is done"\nbody = """\nFirst.\n\n[[sample-field]]\n\nLast.\n"""\n'
    ),
    "en/benefits/pores.toml": (
        'position = 10\ntitle = "Pores"\nheading = "Pores"\nlead = "Words of a test."\nsummary = "A sample."\n\n'
        '[[claim]]\nkey = "smaller"\nsentence = "It may make pores look smaller."\ngrade = "limited"\n'
        'use = "off-label"\nsources = ["S900"]\n\n'
        '[[claim.finding]]\nkey = "small"\nsource = "S900"\ndesign = "trial"\npeople = 12\nresult = "Some improved."\n'
        + "".join(f'\n[[passage]]\nkey = "{key}"\nheading = "About {key}"\nbody = "It may vary."\n' for key in PASSAGES)
    ),
}


def sample(path, **files):
    """The sample guide in that folder; `files` are written over its own, those that are None left out."""
    for name, text in (SAMPLE | files).items():
        if text is not None:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def shipped(path):
    """A copy of the shipped guide that a test may change."""
    return shutil.copytree(loading.CONTENT, path / "content")


def mended(name, old, new):
    """That file of the sample with other words, for `sample`."""
    assert old in SAMPLE[name], (name, old)
    return {name: SAMPLE[name].replace(old, new, 1)}
