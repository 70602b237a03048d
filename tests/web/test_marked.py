"""On an English page every Chinese text stands under lang="zh-CN", whoever wrote it; and whose page is English."""

import re
from html.parser import HTMLParser

import pytest

from tests import pages
from tests.access_check import Visitor
from tests.access_county import County, county, on_sqlite, visitors  # noqa: F401  (fixtures)
from tests.conftest import Browser
from tests.short import FULL
from webapp.web.marked import HAN, marked

CHINESE = re.compile(f"[{HAN}]")
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "path",
        "circle",
        "rect",
    ]
)


class Page(HTMLParser):
    """The Chinese texts of a page that nothing says are Chinese, and typed values likewise."""

    def __init__(self, page: str):
        super().__init__()
        self.tongues: list[tuple[str, str]] = [("", "")]
        self.bare: list[str] = []
        self.chinese = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tongue = dict(attrs).get("lang") or self.tongues[-1][1]
        if tag == "input":
            self._see(dict(attrs).get("value") or "", tongue)
        if tag not in VOID:
            self.tongues.append((tag, tongue))

    def handle_endtag(self, tag: str) -> None:
        while len(self.tongues) > 1 and self.tongues.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.tongues[-1][0] not in ("script", "style"):
            self._see(data, self.tongues[-1][1])

    def _see(self, text: str, tongue: str) -> None:
        if CHINESE.search(text):
            self.chinese += 1
            if not tongue.startswith("zh"):
                self.bare.append(text)


@on_sqlite
def test_every_chinese_text_of_an_english_page_is_marked(county: County, visitors: dict[str, Visitor]) -> None:
    found, met = {}, 0
    for login in pages.READERS if FULL else ("county", "officer_a1"):
        client = visitors[login]
        client.raw("GET", "/language?lang=en")
        cookie = client.client.get_cookie("wangge")
        assert cookie is not None
        client.cookie = cookie.value
        for where in list(pages.of(county, login))[:: 1 if FULL else 9]:
            answer = client.client.get(where, follow_redirects=True)
            assert 'lang="en"' in answer.text[:80], where
            page = Page(answer.text)
            met += page.chinese
            if page.bare:
                found[login, where] = page.bare
    assert found == {}
    assert met > 20


@pytest.mark.parametrize(
    ("page", "is_"),
    [
        ("<p>东沟</p>", '<p><span lang="zh-CN">东沟</span></p>'),
        ("<p> 东沟，2 处。 </p>", '<p> <span lang="zh-CN">东沟，2 处。</span> </p>'),
        (
            "<a>to 县住建局 and 甲</a>",
            '<a><span>to <span lang="zh-CN">县住建局</span> and <span lang="zh-CN">甲</span></span></a>',
        ),
        ('<a lang="zh-CN">中文</a>', '<a lang="zh-CN">中文</a>'),
        ("<option>甲镇</option><b>x</b>", '<option lang="zh-CN">甲镇</option><b>x</b>'),
        ('<input name="a" value="东沟">', '<input name="a" value="东沟" lang="zh-CN">'),
        ('<script>"东沟"</script><i title="东沟">x</i>', '<script>"东沟"</script><i title="东沟">x</i>'),
        ("<p>&lt;b&gt;东沟&amp;西沟</p>", None),
        ("<p>no Chinese</p>", "<p>no Chinese</p>"),
    ],
)
def test_marks(page: str, is_: str | None) -> None:
    assert is_ is None or marked(page) == is_
    assert Page(marked(page)).bare == []
    assert re.sub(r"</?span[^>]*>", "", marked(page)).replace(' lang="zh-CN"', "") == page.replace(' lang="zh-CN"', "")


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,en;q=0.5", "zh-CN"),
        ("zh-TW", "zh-CN"),
        ("fr-FR,en;q=0.3,zh;q=0.9", "zh-CN"),
        ("fr", "zh-CN"),
        ("*", "zh-CN"),
        ("", "zh-CN"),
    ],
)
def test_the_first_language_is_the_one_the_browser_asks_for(browse, asked: str, language: str) -> None:
    browser: Browser = browse()
    answer = browser.client.get("/login", headers={"Accept-Language": asked})
    assert f'<html lang="{language}"' in answer.text
    assert {"Cookie", "Accept-Language"} <= {part.strip() for part in answer.headers["Vary"].split(",")}


def test_what_was_chosen_counts_before_what_the_browser_asks_for(browse) -> None:
    def language(browser: Browser) -> str:
        return re.search(
            r'<html lang="([^"]+)', browser.client.get("/privacy", headers={"Accept-Language": "zh"}).text
        )[1]

    browser = browse()
    browser.get("/language?lang=en&next=/privacy")
    assert language(browser) == "en"
    assert language(browse("officer_a1")) == "en", "the person's own"
