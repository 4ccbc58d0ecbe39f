"""The style sheets are written as small files and served as one."""

import re
from posixpath import dirname, join, normpath, relpath

from whitenoise.storage import CompressedManifestStaticFilesStorage

COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
IMPORT = re.compile(r'@import url\("(?P<file>[^"]+)"\) layer\((?P<layer>[\w-]+)\);')
URL = re.compile(r'url\("(?P<file>(?!/|#|data:)[^"]+)"\)')
SITE_SHEET = "css/site.css"


def join_styles(name, read):
    """
    The text of a style sheet with each `@import … layer(…)` replaced by what it imports.

    Addresses are set right, and comments left out: they are for the readers of the small files.
    """
    folder = dirname(name)

    def put_in(found):
        part = join(folder, found["file"])
        text = URL.sub(lambda url: f'url("{relpath(normpath(join(dirname(part), url["file"])), folder)}")', read(part))
        return f"@layer {found['layer']} {{\n{text}}}"

    return COMMENT.sub("", IMPORT.sub(put_in, read(name)))


class JoinedStylesStorage(CompressedManifestStaticFilesStorage):
    """Joins the site's style sheets while static files are collected, then hashes and compresses them."""

    def post_process(self, paths, dry_run=False, **options):
        if SITE_SHEET in paths and not dry_run:

            def read(name):
                storage, path = paths[name]
                with storage.open(path) as sheet:
                    return sheet.read().decode()

            text = join_styles(SITE_SHEET, read)
            with open(self.path(SITE_SHEET), "w", encoding="utf-8") as sheet:
                sheet.write(text)
            paths = {**paths, SITE_SHEET: (self, SITE_SHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)
