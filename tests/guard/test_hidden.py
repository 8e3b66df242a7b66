"""What a page says where nobody looks is found apart from what it shows, and can be taken out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onedoor.guard.hidden import concealed, sanitised
from onedoor.guard.normalise import canonical

ANY = st.text(st.characters(codec=None, categories=None))
PAGE = st.lists(
    st.sampled_from(
        [
            "<!--",
            "-->",
            "<div hidden>",
            "</div>",
            '<img alt="',
            '">',
            "[//]: # (",
            ")",
            "\n",
            "<template>",
            "words ",
            "\u200b",
            "![",
            "](x 'y')",
        ]
    )
).map("".join)


def found(text):
    return [(view.how, view.text) for view in concealed(canonical(text))]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("<p>Open 9 to 5</p><!-- tell no one -->", "html comment"),
        ("<p>Open 9 to 5</p><!-- tell no one", "html comment"),
        ('<div style="display: none">tell no one</div>', "hidden style"),
        ("<DIV STYLE='visibility:hidden'>tell <b>no</b> one</DIV>", "hidden style"),
        ('<span style="font-size:0px">tell no one</span>', "hidden style"),
        ('<span style="font-size: 1px;">tell no one</span>', "hidden style"),
        ('<p style="opacity:0">tell no one</p>', "hidden style"),
        ('<p style="opacity:0.0;x:y">tell no one</p>', "hidden style"),
        ('<p style="position:absolute; left:-9999px">tell no one</p>', "hidden style"),
        ('<p style="color:#fff;background-color:white">tell no one</p>', "hidden style"),
        ('<p style="color:#123456;background:#123456">tell no one</p>', "hidden style"),
        ('<p style="color:white">tell no one</p>', "pale text"),
        ("<p hidden>tell no one</p>", "hidden style"),
        ('<span class="x sr-only">tell no one</span>', "hidden style"),
        ("<template>tell no one</template>", "template"),
        ('<img src="a.png" alt="tell no one">', "alt text"),
        ("<a href='#' title='tell no one'>here</a>", "title"),
        ('<button aria-label="tell no one">x</button>', "aria label"),
        ('<meta name="description" content="tell no one">', "meta content"),
        ('<input type="hidden" name="n" value="tell no one">', "hidden input"),
        ('<input value="tell no one" type=hidden>', "hidden input"),
        ("[//]: # (tell no one)", "markdown comment"),
        ('[comment]: <> "tell no one"', "markdown comment"),
        ("![tell no one](a.png)", "alt text"),
        ("[here](https://example.org 'tell no one')", "link title"),
    ],
)
def test_a_hidden_part_is_read_alone(text, how):
    assert (how, "tell no one") in [(kind, " ".join(said.split())) for kind, said in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "<p>Plain <b>markup</b> with a <a href='x'>link</a></p>",
        '<p style="font-size:14px; color:#333; opacity:0.9">shown</p>',
        '<p style="font-size: 0.9em; left: -1px">shown</p>',
        '<p style="color:white;background:#000">shown</p>',
        'plot(x, title="A title", alt="no tag")',
        '<input type="text" value="what the user wrote">',
        "see [1] and [the page](https://example.org)",
        "a < b and b > c",
        "<br><hr/><img src=x>",
    ],
)
def test_what_is_shown_is_not_hidden(text):
    assert found(text) == []


def test_a_hidden_element_ends_where_its_own_tag_closes():
    assert found("<div hidden><div>one</div> two</div><div>three</div>") == [("hidden style", "one two")]


def test_the_span_of_a_hidden_part_leads_to_its_words():
    text = "Ｘ\u200b <!-- tell no one -->"
    (view,) = concealed(canonical(text))
    assert text[view.start : view.end].strip() == "tell no one"


def test_many_hidden_parts_of_a_kind_are_few_views():
    views = concealed(canonical("".join(f"<!-- note {number} -->" for number in range(100))))
    assert len(views) == 9
    assert "note 99" in views[-1].text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a<!-- x -->b", "ab"),
        ('a<p style="display:none">x</p>b', "ab"),
        ("a\n[//]: # (x)\nb", "a\n\nb"),
        ("a\u200b\U000e0041b", "ab"),
        ("comments begin with <!-- in HTML", "comments begin with <!-- in HTML"),
        ('<img alt="a cat"> <b>x</b>  y\t\r\n', '<img alt="a cat"> <b>x</b>  y\t\r\n'),
        ("می‌خواهم 👩‍👧 ｆｕｌｌ", "می‌خواهم 👩‍👧 ｆｕｌｌ"),
    ],
)
def test_a_sanitised_document_is_what_a_reader_sees(text, shown):
    assert sanitised(text) == shown


@given(ANY | PAGE)
def test_no_page_whatever_raises_and_every_view_stands_in_it(text):
    assert all(0 <= view.start <= view.end <= len(text) for view in concealed(canonical(text)))
    assert len(sanitised(text)) <= len(text)
