"""
The style sheets are written as small files for people, and served as one for readers, one for the page with a reader's
choices, and one for staff.
"""

import re
from posixpath import dirname, join, normpath, relpath

from whitenoise.storage import CompressedManifestStaticFilesStorage

QUOTED = r"""(?P<quoted>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
COMMENT = re.compile(QUOTED + r"|/\*.*?\*/", re.DOTALL)
# Blank space that means nothing. All other may separate: `.a :is(.b)`, `1px + 2px`, `:has(> .c)`. What `@supports` asks
# for is kept as it is written, as browsers keep it.
ASKED_FOR = r"(?P<asked>@supports\s[^{]*?)(?=\s*\{)"
NEEDLESS = re.compile(
    rf"{QUOTED}|{ASKED_FOR}|[;\s]*(?P<end>\}})\s*|\s*(?P<sign>[{{;,])\s*|(?P<colon>:)\s+|\s+", re.DOTALL
)
IMPORT = re.compile(r'@import url\("(?P<file>[^"]+)"\)(?: layer\((?P<layer>[\w-]+)\))?;')
URL = re.compile(r'url\("(?P<file>(?!/|#|data:)[^"]+)"\)')
JOINED_SHEETS = ["css/site.css", "css/your_choices.css", "css/admin.css"]


def join_styles(name, read):
    """
    The text of a style sheet with each `@import` replaced by what it imports, in the layer that is named.

    Addresses are set right.
    """
    folder = dirname(name)

    def put_in(found):
        part = join(folder, found["file"])
        text = URL.sub(lambda url: f'url("{relpath(normpath(join(dirname(part), url["file"])), folder)}")', read(part))
        return f"@layer {found['layer']} {{\n{text}}}" if found["layer"] else text

    return IMPORT.sub(put_in, read(name))


def minify_styles(text):
    """The text of a style sheet without comments and without blank space that means nothing; all else is kept."""
    text = COMMENT.sub(lambda found: found["quoted"] or "", text)
    return NEEDLESS.sub(lambda found: found[found.lastgroup] if found.lastgroup else " ", text).strip()


class JoinedStylesStorage(CompressedManifestStaticFilesStorage):
    """Joins and minifies our style sheets while static files are collected, then hashes and compresses them."""

    def post_process(self, paths, dry_run=False, **options):
        def read(name):
            storage, path = paths[name]
            with storage.open(path) as sheet:
                return sheet.read().decode()

        for name in JOINED_SHEETS:
            if name in paths and not dry_run:
                text = minify_styles(join_styles(name, read))
                with open(self.path(name), "w", encoding="utf-8") as sheet:
                    sheet.write(text)
                paths = {**paths, name: (self, name)}
        yield from super().post_process(paths, dry_run=dry_run, **options)
