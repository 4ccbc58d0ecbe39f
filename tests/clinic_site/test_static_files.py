import re

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage

from clinic_site.static_files import IMPORT, SITE_SHEET, JoinedStylesStorage, join_styles

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"


def joined(**files):
    files = {f"css/{name.replace('__', '/')}.css": text for name, text in files.items()}
    return join_styles("css/site.css", files.__getitem__)


def test_an_import_is_replaced_by_what_it_imports_in_its_layer():
    text = joined(site='@layer base, parts;\n@import url("base.css") layer(base);\n', base="a { color: red }\n")
    assert text == "@layer base, parts;\n@layer base {\na { color: red }\n}\n"


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


def test_the_sites_own_sheet_holds_every_style_file_once():
    imported = [found["file"] for found in IMPORT.finditer((STATIC / SITE_SHEET).read_text())]
    written = {str(file.relative_to(STATIC / "css")) for file in (STATIC / "css").rglob("*.css")}
    for_staff = {name for name in written if name.startswith("admin/")}
    assert sorted(imported) == sorted(written - {"site.css"} - for_staff)


def test_the_staffs_pages_link_every_style_file_of_theirs():
    linked = re.findall(r"css/admin/\w+\.css", (TEMPLATES / "admin" / "styles.html").read_text())
    assert linked and sorted(linked) == sorted(
        f"css/admin/{file.name}" for file in (STATIC / "css/admin").glob("*.css")
    )


def test_the_sites_own_sheet_is_joined_whole():
    text = join_styles(SITE_SHEET, lambda name: (STATIC / name).read_text())
    assert "@import" not in text
    assert text.count("{") == text.count("}")


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
    assert sheet == f'@layer base {{\na {{ background: url("../{drawing}") }}\n}}\n'


def test_a_dry_run_writes_nothing(tmp_path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css/site.css").write_text('@import url("base.css") layer(base);\n')
    storage = JoinedStylesStorage(tmp_path)
    list(storage.post_process({"css/site.css": (StaticFilesStorage(tmp_path), "css/site.css")}, dry_run=True))
    assert (tmp_path / "css/site.css").read_text() == '@import url("base.css") layer(base);\n'
