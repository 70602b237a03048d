"""Which encoding a text is in: what the file says, checked, else UTF-8, else GB18030; always said aloud."""

import codecs
import re

from gis.delivery import Refused

# What .cpg files say, flattened to letters and digits -> Python codec. GBK and GB2312 are parts of GB18030.
CPG = {
    "utf8": "utf-8",
    "65001": "utf-8",
    "cp65001": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "936": "gb18030",
    "cp936": "gb18030",
    "ansi936": "gb18030",
    "54936": "gb18030",
    "big5": "big5",
    "950": "cp950",
    "cp950": "cp950",
    "ansi950": "cp950",
}
# Language driver byte of the .dbf (dBASE/FoxPro tables): only those that name a Chinese code page.
LDID = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950"}
TRIED = ("utf-8", "gb18030")
# Control characters and U+FFFD never stand in a place name: the sign of a wrong encoding.
ODD = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
# A character of a county's own font: right here, an empty box elsewhere.
PRIVATE = re.compile("[\ue000-\uf8ff]")


def said(cpg: bytes | None, dbf: bytes) -> list[tuple[str, str]]:
    """(codec, where from) the files themselves name, the .cpg before the language byte of the .dbf."""
    answers = []
    if cpg:
        name = re.sub(r"[^a-z0-9]", "", cpg[:64].decode("ascii", "ignore").casefold())
        answers.append((CPG.get(name), "cpg"))
    if len(dbf) > 29:
        answers.append((LDID.get(dbf[29]), "ldid"))
    return [(codec, source) for codec, source in answers if codec]


def choose(texts: list[bytes], named: list[tuple[str, str]], layer: str) -> tuple[str, str]:
    """(codec, 'cpg' | 'ldid' | 'tried') under which all texts read cleanly; Refused where there is none."""
    for codec, source in [*named, *((codec, "tried") for codec in TRIED)]:
        if all(_clean(text, codec) for text in texts):
            return codec, source
    raise Refused("encoding_unknown", layer=layer)


def decode(text: bytes, codec: str) -> tuple[str, bool]:
    """The text, and whether its last character was cut in two (by a field of fixed width) and left out."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    return decoder.decode(text), bool(decoder.getstate()[0])


def _clean(text: bytes, codec: str) -> bool:
    try:
        return not ODD.search(decode(text, codec)[0])
    except UnicodeDecodeError:
        return False
