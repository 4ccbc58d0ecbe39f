"""Reads a folder of a guide's text files: whole or not at all, and nothing beyond the folder."""

import os
import re
import stat
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from treatments.guide_files.places import line_of
from treatments.guide_files.shape import CLINIC, FACTS, FOLDERS, GUIDE, PICTURES, RECORDS

MOST_BYTES = 1024 * 1024  # of a text file; the longest that ships has 32 kB
MOST_FILES = 500
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
HIDDEN = re.compile(r"[^\n\t\x20-\x7e\x85\xa0-\U0010ffff]|[\ud800-\udfff]")  # control characters
AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)")


class BadContent(Exception):
    """A folder cannot be loaded. Names the file, the line and what to mend."""


@dataclass(frozen=True)
class TextFile:
    """A TOML file: its name in the folder, what is in it, and the digest of its text whatever its line ends are."""

    name: str
    text: str
    data: dict
    digest: str = ""

    @property
    def slug(self):
        return self.name.rpartition("/")[2].removesuffix(".toml")

    def bad(self, place: tuple, words: str, what: str = "") -> BadContent:
        """That something at that place is wrong, with its file and line."""
        named = f", {what}" if what else ""
        return BadContent(f"{self.name}, line {line_of(self.text, place)}{named}: {words}")


@dataclass
class Folder:
    """The files of a guide, by their names in the folder: texts, and where its pictures are."""

    path: Path
    files: dict[str, TextFile] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)

    def languages(self):
        """Those in which it has pages, the original first."""
        known = [code for code, _name in settings.LANGUAGES]
        return [code for code in known if f"{code}/{FACTS}" in self.files or self.units(code, *FOLDERS)]

    def units(self, language, *folders) -> list[TextFile]:
        wanted = tuple(f"{language}/{folder}/" for folder in folders)
        return [file for name, file in self.files.items() if name.startswith(wanted)]


def read_folder(path: Path) -> Folder:
    """Every file of a guide, read and parsed. Raises BadContent; nothing is loaded."""
    if not path.is_dir():
        raise BadContent(f"{path}: there is no such folder.")
    folder = Folder(path)
    for name, entry in _entries(path, "", {GUIDE, CLINIC, *RECORDS}, {PICTURES, *dict(settings.LANGUAGES)}):
        if entry.is_file(follow_symlinks=False):
            folder.files[name] = read_file(path, name)
        elif name == PICTURES:
            folder.pictures = {each: path / PICTURES / each for each in sorted(os.listdir(entry))}
        else:
            _read_language(folder, name)
    if len(folder.files) + len(folder.pictures) > MOST_FILES:
        raise BadContent(f"{path}: it has more than {MOST_FILES} files.")
    for needed in (GUIDE, f"{settings.LANGUAGE_CODE}/{FACTS}"):
        if needed not in folder.files:
            raise BadContent(f"{needed}, line 1: this file is missing. treatments/content/README.md describes it.")
    return folder


def _read_language(folder, language):
    for name, entry in _entries(folder.path, language, {FACTS}, set(FOLDERS)):
        if entry.is_file(follow_symlinks=False):
            folder.files[name] = read_file(folder.path, name)
            continue
        for unit, _entry in _entries(folder.path, name, None, set()):
            folder.files[unit] = read_file(folder.path, unit)


def _entries(root, below, files, folders):
    """What lies in a folder, by name; refuses links, and what no guide has. `files` None: any slug."""
    if not (root / below).is_dir():
        raise BadContent(f"{below}: this has to be a folder.")
    seen = {}
    for entry in sorted(os.scandir(root / below), key=lambda entry: entry.name):
        if entry.name.startswith(".") or entry.name.upper().startswith("README"):
            continue
        name = f"{below}/{entry.name}" if below else entry.name
        shown = name.encode(errors="replace").decode()
        if entry.is_symlink():
            raise BadContent(f"{shown}: this is a link to somewhere else. Put the file itself here.")
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not entry.is_file(follow_symlinks=False):
            raise BadContent(f"{shown}: this is not a plain file.")
        is_unit = files is None and entry.name.endswith(".toml") and SLUG.match(entry.name.removesuffix(".toml"))
        if not (entry.name in folders if is_folder else is_unit or entry.name in (files or ())):
            what = "small letters, digits and hyphens, then .toml" if files is None else "what README.md names"
            raise BadContent(f"{shown}: no file of a guide is called that. Here stand {what}.")
        if len(seen) >= MOST_FILES:
            raise BadContent(f"{below or root}: it has more than {MOST_FILES} files.")
        if seen.setdefault(entry.name.casefold(), name) != name:
            raise BadContent(f"{shown}: it has the same name as {seen[entry.name.casefold()]}.")
        yield name, entry


def read_file(root: Path, name: str) -> TextFile:
    """One text file, parsed. Raises BadContent."""
    text = _text_of(root, name)
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        raise BadContent(f"{name}, line 1: its lists are nested too deeply.") from None
    except ValueError as error:  # of TOML, or of a number with thousands of digits
        at, ends = AT_LINE.search(str(error)), "end of document" in str(error)
        line = at[1] if at else text.count("\n") + 1 if ends else 1
        raise BadContent(f"{name}, line {line}: this is not TOML: {AT_LINE.sub('', str(error))}.") from None
    return TextFile(name, text, data, sha256(text.encode()).hexdigest())


def _text_of(root, name):
    """The text of a file with one kind of line end, and without the mark that some editors put first."""
    content = read_bytes(root / name, name, MOST_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadContent(f"{name}, line {line}: this is not UTF-8. Save the file as UTF-8.") from None
    text = text.replace("\r\n", "\n")
    if strange := HIDDEN.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        raise BadContent(f"{name}, line {line}: a hidden character stands here (U+{ord(strange[0]):04X}). Delete it.")
    return text


def read_bytes(path: Path, name: str, most: int) -> bytes:
    """What is in a plain file that is not larger than that. Raises BadContent."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise BadContent(f"{name}: it cannot be read ({error.strerror}).") from None
    with os.fdopen(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise BadContent(f"{name}: this is not a plain file.")
        content = opened.read(most + 1)
    if len(content) > most:
        raise BadContent(f"{name}: it is larger than {most // 1024} kB.")
    return content
