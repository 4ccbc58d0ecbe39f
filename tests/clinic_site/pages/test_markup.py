import pytest

from clinic_site.pages.markup import to_html, to_words


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        ("1. one", "<ol>\n<li>one</li>\n</ol>\n"),
        ("**strong** and *soft*", "<p><strong>strong</strong> and <em>soft</em></p>\n"),
        ("## Heading", "<h2>Heading</h2>\n"),
        ("[Risks](/treatments/)", '<p><a href="/treatments/" rel="noopener">Risks</a></p>\n'),
        (
            "[Map](https://map.example/?a=1&b=2)",
            '<p><a href="https://map.example/?a=1&amp;b=2" rel="noopener">Map</a></p>\n',
        ),
        ("[Call](tel:+15865550142)", '<p><a href="tel:+15865550142" rel="noopener">Call</a></p>\n'),
        (
            "[Write](mailto:desk@clinic.example)",
            '<p><a href="mailto:desk@clinic.example" rel="noopener">Write</a></p>\n',
        ),
        ("Less < more & “more” > less", "<p>Less &lt; more &amp; “more” &gt; less</p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(markdown, html):
    assert to_html(markdown) == html


def test_inline_text_has_no_paragraph_around_it():
    assert to_html("**strong**", inline=True) == "<strong>strong</strong>"


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![picture](javascript:alert(1))",
        "<iframe src='https://elsewhere.example'></iframe>",
        "[link](javascript:alert(1))",
        "[link](JaVaScRiPt:alert(1))",
        "[link](java&#115;cript:alert(1))",
        "[link](data:text/html;base64,PHNjcmlwdD4=)",
        "[link](data:image/png;base64,iVBORw0KGgo=)",
        "[link](vbscript:msgbox)",
        "[link](ftp://elsewhere.example/)",
        "[link](http://elsewhere.example/)",
        "<javascript:alert(1)>",
        "<p onclick='alert(1)'>click</p>",
        "<a href='javascript:alert(1)'>link</a>",
        "    <script>alert(1)</script>",
        "```html\n<script>alert(1)</script>\n```",
    ],
)
def test_nothing_in_it_can_do_harm(markdown):
    for html in (to_html(markdown), to_html(markdown, inline=True)):
        tags = {part.split(">")[0] for part in html.split("<")[1:]}
        assert tags - {"p", "/p", "a", "/a", 'a rel="noopener"'} == set()


def test_a_picture_from_elsewhere_is_a_link_and_not_fetched():
    html = to_html("![pixel](https://elsewhere.example/pixel.gif)")
    assert html == '<p>!<a href="https://elsewhere.example/pixel.gif" rel="noopener">pixel</a></p>\n'


def test_a_link_has_no_title():
    html = to_html('[link](/ "a\\" onmouseover=\\"alert(1)")')
    assert html == '<p><a href="/" rel="noopener">link</a></p>\n'


def test_a_heading_of_the_first_order_stays_the_pages_own():
    assert "<h1" not in to_html("# Title")


def test_words_are_the_text_without_tags():
    assert to_words("<p>One &amp; <strong>two</strong> &lt;b&gt;</p>") == "One & two <b>"
