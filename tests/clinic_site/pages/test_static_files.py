import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage

from clinic_site.pages.static_files import IMPORT, JOINED_SHEETS, JoinedStylesStorage, join_styles, minify_styles

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"


def joined(**files):
    files = {f"css/{name.replace('__', '/')}.css": text for name, text in files.items()}
    return join_styles("css/site.css", files.__getitem__)


def test_an_import_is_replaced_by_what_it_imports_in_its_layer():
    text = joined(site='@layer base, parts;\n@import url("base.css") layer(base);\n', base="a { color: red }\n")
    assert text == "@layer base, parts;\n@layer base {\na { color: red }\n}\n"


def test_an_import_without_a_layer_is_in_none():
    assert joined(site='@import url("base.css");\n', base="a { color: red }\n") == "a { color: red }\n\n"


def test_imports_keep_their_order():
    text = joined(site='@import url("b.css") layer(x);@import url("a.css") layer(x);', a="a {}", b="b {}")
    assert text == "@layer x {\nb {}}@layer x {\na {}}"


def test_addresses_in_an_imported_sheet_are_set_right():
    text = joined(
        site='@import url("components/card.css") layer(parts);',
        components__card='a { b: url("mark.svg"); c: url("../../x.svg"); d: url("/y.svg"); e: url("#z") }',
    )
    assert re.findall(r'url\("([^"]+)"\)', text) == ["components/mark.svg", "../x.svg", "/y.svg", "#z"]


def test_a_missing_sheet_stops_the_joining():
    try:
        joined(site='@import url("gone.css") layer(base);')
    except KeyError as error:
        assert error.args == ("css/gone.css",)
    else:
        raise AssertionError("a missing sheet was passed over")


def test_the_joined_sheets_hold_every_style_file_once():
    imported = [
        f"css/{found['file']}" for name in JOINED_SHEETS for found in IMPORT.finditer((STATIC / name).read_text())
    ]
    written = {str(file.relative_to(STATIC)) for file in (STATIC / "css").rglob("*.css")}
    assert sorted(imported) == sorted(written - set(JOINED_SHEETS))


def test_only_the_staffs_sheet_holds_the_staffs_style_files():
    *readers, staff = ((STATIC / name).read_text() for name in JOINED_SHEETS)
    assert "admin/" not in "".join(readers)
    assert all(found["file"].startswith("admin/") for found in IMPORT.finditer(staff))


@pytest.mark.parametrize("name", JOINED_SHEETS)
def test_a_sheet_is_joined_whole(name):
    text = join_styles(name, lambda name: (STATIC / name).read_text())
    assert "@import" not in text
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("/* why */\na {\n  color: red; /* why */\n}\n\nb, c {\n  d: e\n}\n", "a{color:red}b,c{d:e}"),
        ("@layer x {\n.a :is(.b, .c) :hover { d: e; }\n}", "@layer x{.a :is(.b,.c) :hover{d:e}}"),
        (".a { p :hover { b: c; } & > .d { e: f; } > p { g: h } }", ".a{p :hover{b:c}& > .d{e:f}> p{g:h}}"),
        ("@container x (a: b) { .a :not(.b) { c: d } }", "@container x (a:b){.a :not(.b){c:d}}"),
        ("@supports (a: b)\n{\n c { d: e; }\n}", "@supports (a: b){c{d:e}}"),
        ("@media (40rem <= width) and (b: c) { d { e: f } }", "@media (40rem <= width) and (b:c){d{e:f}}"),
        ("a { b: calc(100% - (2 * var(--c)) + 1px) -1px; }", "a{b:calc(100% - (2 * var(--c)) + 1px) -1px}"),
        ("a { b: color-mix(in srgb, var(--c) 28%, red) ; }", "a{b:color-mix(in srgb,var(--c) 28%,red)}"),
        (":root { --a: ; --b:  c   d; --e: { f: g } }", ":root{--a:;--b:c d;--e:{f:g}}"),
        ('a { b: " ·  ; }  /* c */ " attr(d); }', 'a{b:" ·  ; }  /* c */ " attr(d)}'),
        ("a { b: 'c\\'  d' }", "a{b:'c\\'  d'}"),
        ('a { b: url("x  y.svg"), url(data:a;base64,c==) }', 'a{b:url("x  y.svg"),url(data:a;base64,c==)}'),
        ("a/* b */c { d: 1px/* e */ 2px }", "ac{d:1px 2px}"),
        ("@layer a, b;\n@layer a {\n}\n", "@layer a,b;@layer a{}"),
        ("", ""),
    ],
)
def test_styles_lose_comments_and_needless_blanks_alone(written, served):
    assert minify_styles(written) == served


def test_collected_styles_are_one_file_with_hashed_addresses(tmp_path):
    source, collected = tmp_path / "source", tmp_path / "collected"
    for folder in (source, collected):
        (folder / "css").mkdir(parents=True)
        (folder / "css/site.css").write_text('@import url("base.css") layer(base);\n')
        (folder / "css/base.css").write_text('a { background: url("../drawing.svg") }\n')
        (folder / "drawing.svg").write_text("<svg/>")
    files = {name: (StaticFilesStorage(source), name) for name in ["css/site.css", "css/base.css", "drawing.svg"]}
    storage = JoinedStylesStorage(collected)
    processed = list(storage.post_process(files))
    assert [name for name, _hashed, done in processed if isinstance(done, Exception)] == []
    sheet = (collected / storage.stored_name("css/site.css")).read_text()
    drawing = storage.stored_name("drawing.svg")
    assert sheet == f'@layer base{{a{{background:url("../{drawing}")}}}}'


def test_a_dry_run_writes_nothing(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css/site.css").write_text('@import url("base.css") layer(base);\n')
    storage = JoinedStylesStorage(tmp_path)
    list(storage.post_process({"css/site.css": (StaticFilesStorage(tmp_path), "css/site.css")}, dry_run=True))
    assert (tmp_path / "css/site.css").read_text() == '@import url("base.css") layer(base);\n'
