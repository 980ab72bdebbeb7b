"""Markdown becomes safe HTML, once."""

import pytest

from services.knowledge.domain.markdown import clean_text, is_safe_link, render, render_sections


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "http:evil.example",
        "https:///evil.example",
        "http://[",
    ],
)
def test_a_link_to_a_script_or_to_another_host_without_a_scheme_is_refused(target: str) -> None:
    assert not is_safe_link(target)


@pytest.mark.parametrize("target", ["https://a.example/b", "http://a.example", "mailto:help@a.example", "/help/1", "#top", "help/page?x=1:2"])
def test_an_honest_link_stays(target: str) -> None:
    assert is_safe_link(target)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
        ("[x](&#x2f;/evil.example)", "<p>[x](//evil.example)</p>"),
        ("[a]: //evil.example\n\n[a]", "<p>[a]: //evil.example</p>\n<p>[a]</p>"),
        ("<https://a.example>", '<p><a href="https://a.example" rel="nofollow noopener noreferrer">https://a.example</a></p>'),
        ('<a onclick="x">y</a>', '<p>&lt;a onclick="x"&gt;y&lt;/a&gt;</p>'),
        ("pay \u202e5€", "<p>pay 5€</p>"),
        ("1. **Hold** `reset`", "<ol>\n<li><strong>Hold</strong> <code>reset</code></li>\n</ol>"),
        ("|a|\n|-|\n|b|", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>"),
    ],
)
def test_only_a_short_list_of_tags_survives(markdown: str, html: str) -> None:
    assert render(markdown).html == html


def test_a_picture_from_another_host_is_never_loaded() -> None:
    assert "<img" not in render("![x](https://tracker.example/p.png)").html


def test_the_index_reads_what_a_reader_sees() -> None:
    assert (
        render("# Reset\n\nHold **reset** for\n[10 seconds](https://a.example).\n\n```\nping x\n```").plain
        == "Reset\nHold reset for 10 seconds.\nping x"
    )


def test_only_sections_with_text_are_rendered() -> None:
    assert render_sections({"problem": "a", "cause": None, "resolution": "*b*"}) == (
        {"problem": "<p>a</p>", "resolution": "<p><em>b</em></p>"},
        "a\nb",
    )


def test_letters_are_composed_and_line_ends_are_one_kind() -> None:
    assert clean_text("Gera\u0308t\r\nx\ry\u2066z\u2069") == "Gerät\nx\nyz"
