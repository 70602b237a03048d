"""Chinese on English pages is marked as Chinese, wherever it comes from: what people typed, names, words of documents.

A reader's voice, a hyphen and a font go by the mark (WCAG 3.1.2). It is put into the finished page, so that no template
and no field can forget it. Nothing but text is looked at: what stands in scripts and attributes stays, but a value that
was typed into a field marks the field.
"""

import re

from flask import Flask, Response

from .language import is_zh

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WITH = "\u3000-\u303f\uff00-\uffef·—…“”‘’"  # what stands between and behind Chinese words and belongs to them
_RUN = re.compile(rf"[{HAN}](?:[^A-Za-z<>&]*[{HAN}{_WITH}])?")
_HAN = re.compile(f"[{HAN}]")
#: A tag with the text behind it; scripts and styles as a whole, as theirs is no text of the page.
_PIECE = re.compile(
    r"<(?P<raw>script|style)\b.*?</(?P=raw)>|(?P<tag><[^>]*>)(?P<text>[^<]*)", re.DOTALL | re.IGNORECASE
)
_NO_SPAN = re.compile(r"<(?:option|textarea|title)\b", re.IGNORECASE)  # hold no marked part: they are marked themselves
_VALUE = re.compile(rf'<input\b[^>]* value="[^"]*[{HAN}]')
MARK = 'lang="zh-CN"'


def marked(page: str) -> str:
    """The page with every Chinese text under ``lang="zh-CN"``."""
    return _PIECE.sub(_piece, page) if _HAN.search(page) else page


def _piece(found: re.Match[str]) -> str:
    tag, text = found["tag"], found["text"]
    if tag is None or not _HAN.search(found[0]) or ' lang="zh' in tag:
        return found[0]
    if (_NO_SPAN.match(tag) and _HAN.search(text)) or _VALUE.match(tag):
        tag = f"{tag[:-1]} {MARK}>"
        return tag + (text if _NO_SPAN.match(tag) else _text(text))
    return tag + _text(text)


def _text(text: str) -> str:
    """Each Chinese run marked. Text of both kinds stays one part of its line, which a flexible box would part."""
    words = text.strip()
    parts = _RUN.sub(lambda run: f"<span {MARK}>{run[0]}</span>", words)
    if parts != words and not _RUN.fullmatch(words):
        parts = f"<span>{parts}</span>"
    return text.replace(words, parts, 1) if words else text


def init(app: Flask) -> None:
    """Mark every English page, and every piece of one, as it goes out."""

    @app.after_request
    def mark(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed and not is_zh():
            response.set_data(marked(response.get_data(as_text=True)))
        return response
