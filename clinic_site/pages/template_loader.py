"""Templates are written for people, an element a line and indented; pages are sent without that blank space."""

import re

from django.template.loaders import filesystem

# Blank space that counts: what somebody types, what runs, and texts that translators know letter by letter.
KEPT = re.compile(
    r"<(pre|textarea|script)\b.*?</\1>|{%\s*(blocktrans(?:late)?|verbatim)\b.*?{%\s*end\2\s*%}",
    re.DOTALL,
)

REST_OF_TAG = r"(?:(?!%}).)*%}"
BEGINS_BRANCH = rf"{{%\s*(?:if|elif|else|for|empty|with|block|autoescape)\b{REST_OF_TAG}"
ENDS_BRANCH = rf"{{%\s*(?:elif|else|endif|endwith|endblock|endautoescape)\b{REST_OF_TAG}"
SAYS_NOTHING = (
    r"{#.*?#}"
    rf"|{{%\s*comment\b{REST_OF_TAG}(?s:.*?){{%\s*endcomment\s*%}}"
    rf"|{{%\s*(?:load|extends)\b{REST_OF_TAG}"
    r"|{%(?:(?!%}).)*\sas\s+\w+\s*%}"
)
REST_OF_ELEMENT = rf"(?>{{%{REST_OF_TAG}|{{{{.*?}}}}|[^<>])*"
ANY_TAG = re.compile(rf"</?[a-z]{REST_OF_ELEMENT}>", re.IGNORECASE)
WITHOUT_CONTENT = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
START_TAG = rf"<(?!(?:{WITHOUT_CONTENT})\b)[a-z]{REST_OF_ELEMENT}(?<!/)>"
# Elements that never stand in a line of text; form and its like do so in places.
APART = (
    "(?:html|head|meta|link|title|body|header|main|nav|article|aside|footer|div|h[1-6]|p|ul|ol|li|dl|dt|dd"
    "|figure|figcaption|details"
    "|summary|table|caption|thead|tbody|tr|th|td|fieldset|legend|select|optgroup|option|br"
    "|g|path|circle|rect|use|text|desc|defs|pattern|clippath)"
)

# A line break that one of these finds is dropped. Any other stays one line break, which a browser shows as a blank.
WITHOUT_BLANK = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in [
        rf"(?m:^)((?:{SAYS_NOTHING})+)\n",  # lines that set something, or remark on something
        r"{#\s*glue\s*#}\n()",  # where the author wants two things to touch
        rf"({START_TAG})\n",  # at the begin of an element
        r"\n(</)",  # at its end
        rf"\n(<{APART}\b)",  # around elements that stand apart
        rf"(</?{APART}\b{REST_OF_ELEMENT}>)\n",
        rf"({BEGINS_BRANCH})\n",  # at the begin of what a template tag holds
        rf"\n({ENDS_BRANCH})",  # at its end; what a loop repeats keeps a blank between
    ]
]


class Loader(filesystem.Loader):
    """Finds the project's own templates, and drops what only makes them readable, once, when they are compiled."""

    def get_contents(self, origin):
        """The source of a template; HTML without the blank space that no reader sees."""
        source = super().get_contents(origin)
        return without_blank_space(source) if origin.name.endswith(".html") else source


def without_blank_space(source: str) -> str:
    """The source of an HTML template with each blank that a reader sees, and without indentation and empty lines."""
    kept = []

    def keep(match):
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    lines = (line.strip() for line in KEPT.sub(keep, source).split("\n"))
    source = "\n".join(line for line in lines if line)
    source = ANY_TAG.sub(lambda tag: in_a_line(tag[0]), source)
    for line_break in WITHOUT_BLANK:
        source = line_break.sub(r"\1", source)
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], source)


def in_a_line(tag: str) -> str:
    """A start or end tag with one blank before each attribute, and before those in a condition only if it holds."""
    tag = re.sub(rf"\n({BEGINS_BRANCH})\n", r"\1 ", tag)
    tag = re.sub(rf"\n({ENDS_BRANCH}|/?>)", r"\1", tag)
    return re.sub(rf"({BEGINS_BRANCH})\n|\n", r"\1 ", tag)
