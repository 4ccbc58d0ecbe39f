import subprocess
import sys

import pytest
from django.conf import settings

SCRIPT = settings.BASE_DIR / "scripts" / "check_markup"
STYLE = "write one declaration a line, and each brace at the end of its own"
NEST = "write an if inside an if on lines of its own"


def check(folder, name, text):
    """What the check says of a project with this one file, and how it exits."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout.splitlines(), done.returncode


def style_lines(folder, text):
    """The numbers of the style lines that are refused."""
    said, code = check(folder, "static/css/parts/a.css", text)
    faults = [line for line in said if line.endswith(STYLE)]
    assert code == bool(faults)
    return [int(line.split(":")[1]) for line in faults]


def test_a_fault_is_named_with_file_line_and_what_to_do(tmp_path):
    assert check(tmp_path, "static/css/a.css", "a {\n  b: c; d: e;\n}\n") == ([f"static/css/a.css:2: {STYLE}"], 1)


def test_all_faults_of_all_files_are_said_at_once(tmp_path):
    check(tmp_path, "static/b.css", "a { b: c; }\n\nd { e: f; }\n")
    said, code = check(tmp_path, "templates/admin/c.html", "x" * 141)
    assert [line.split(": ")[0] for line in said] == ["static/b.css:1", "static/b.css:3", "templates/admin/c.html:1"]
    assert code == 1


@pytest.mark.parametrize(
    "line",
    [
        "a { b: c; }",
        "a {}",
        "a { b: c }",
        "b: c; d: e;",
        "b: c; d: e",
        "b: c; }",
        "} a {",
        "}}",
        "@media print { a {",
        "b: url(data:x;y) ; c: d;",
        'b: "/*"; c: "*/";',
        "/* why */ a { b: c; }",
    ],
)
def test_two_things_on_one_style_line_are_refused(tmp_path, line):
    assert style_lines(tmp_path, f"z {{\n{line}\n") == [2]


@pytest.mark.parametrize(
    "text",
    [
        "a,\nb {\n  c: d;\n  e: f\n}\n",
        "a, b {\n  c: d;\n}\n",
        '@import url("b.css") layer(c);\n@layer a, b;\n',
        "@media (width > 1px) {\n  a {\n    b: c; /* why; or { not } */\n  }\n}\n",
        "a { /* why; or { not } */\n  b: c;\n} /* why */\n",
        "/* a { b: c; }\n d { e: f; } */\n",
        'a::after {\n  content: "a { b; } \\" ;";\n}\n',
        "a::after {\n  content: ';}';\n}\n",
        "a {\n  b: url(data:image/png;base64,abc);\n  c: url(\"data:image/svg+xml;utf8,<a b='c;d'/>\");\n}\n",
        "a {\n  b: min(1px, calc((1px + 2px) * 3));\n}\n",
        "a {\n  b:\n    c(d, 1px),\n    e;\n}\n",
        "",
    ],
)
def test_one_thing_a_style_line_is_in_order(tmp_path, text):
    assert style_lines(tmp_path, text) == []


def test_a_comment_of_several_lines_does_not_move_the_numbers(tmp_path):
    assert style_lines(tmp_path, "/* one;\n two;\n three */\na { b: c; }\n") == [4]


def test_a_template_line_may_have_140_characters_and_no_more(tmp_path):
    assert check(tmp_path, "templates/a.html", "é" * 140 + "\n")[1] == 0
    said = check(tmp_path, "templates/a.html", "\n" + "é" * 141 + "\n")
    assert said == (["templates/a.html:2: break the line: 141 characters, 140 are allowed"], 1)


def test_a_line_with_the_path_of_a_figure_may_be_longer(tmp_path):
    assert check(tmp_path, "templates/a.html", f'<path class="b" d="M{"0 0L" * 50}"/>\n')[1] == 0
    assert check(tmp_path, "templates/a.html", f'<path id="{"a" * 140}"/>\n')[1] == 1


@pytest.mark.parametrize(
    "line",
    [
        "{% if a %}b{% if c %}d{% endif %}{% endif %}",
        "{% if a %}b{% else %}{% if c %}d{% endif %}{% endif %}",
        "{% if a %}{% for b in c %}{% if d %}e{% endif %}{% endfor %}{% endif %}",
        "{% if a %}<p>{% if b %}",
        "{% endif %}{% if a %}{% if b %}c{% endif %}{% endif %}",
        '<p{% if a %} class="b{% if c %} d{% endif %}"{% endif %}>',
    ],
)
def test_an_if_inside_an_if_on_one_line_is_refused(tmp_path, line):
    assert check(tmp_path, "templates/b/c.html", f"<p>\n{line}\n") == ([f"templates/b/c.html:2: {NEST}"], 1)


@pytest.mark.parametrize(
    "text",
    [
        "{% if a %}b{% endif %} {% if c %}d{% endif %}\n",
        "{% if a %}b{% elif c %}d{% else %}e{% endif %}\n",
        "{% if a %}\n  {% if b %}c{% endif %}\n{% endif %}\n",
        "{% endif %}{% endif %}{% if a %}b{% endif %}\n",
        "{% if a %}{# {% if b %} #}c{% endif %}\n",
        "{% ifchanged a %}{% if b %}c{% endif %}{% endifchanged %}\n",
    ],
)
def test_ifs_side_by_side_or_on_lines_of_their_own_are_in_order(tmp_path, text):
    assert check(tmp_path, "templates/a.html", text) == (["Styles and templates are in order."], 0)


def test_files_elsewhere_are_not_looked_at(tmp_path):
    assert check(tmp_path, "node_modules/a.css", "a { b: c; d: e; }")[1] == 0
