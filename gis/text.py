"""Which encoding a text is in: what the file says, held against its bytes; else UTF-8, else GB18030; said aloud."""

import codecs
import re
from collections.abc import Sequence

from gis.delivery import Refused

# What .cpg files say, flattened to letters and digits -> Python codec. GBK and GB2312 are parts of GB18030.
CPG = {
    **dict.fromkeys(("utf8", "65001", "cp65001"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "gb18030", "936", "cp936", "ansi936", "oem936", "54936", "cp54936"), "gb18030"),
    "big5": "big5",
    **dict.fromkeys(("950", "cp950", "ansi950", "oem950"), "cp950"),
    **{"windowssimpchinese": "gb18030", "windowstradchinese": "cp950"},  # what MapInfo says
    **dict.fromkeys(("949", "cp949", "ansi949", "oem949", "euckr", "ksc56011987"), "cp949"),
    **dict.fromkeys(("932", "cp932", "ansi932", "oem932", "shiftjis", "sjis"), "cp932"),
    **dict.fromkeys(("iso88591", "88591", "latin1", "1252", "cp1252", "ansi1252", "windows1252"), "cp1252"),
}
SAYS_NOTHING = (
    "",
    "system",
    "ansi",
    "oem",
    "neutral",
    "windowslatin1",
)  # "whatever is usual on the machine that wrote it"
# Language driver byte of the .dbf (dBASE/FoxPro tables).
LDID = {
    **{0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950"},
    **{0x4E: "cp949", 0x79: "cp949", 0x13: "cp932", 0x7B: "cp932"},
}
# None, DOS in America and Europe, Windows "ANSI": what programs write who ask nobody.
SILENT = (0x00, 0x01, 0x02, 0x03, 0x57, 0x58, 0x59)
TRIED = ("utf-8", "gb18030")
# Control characters and U+FFFD never stand in a place name: the sign of a wrong encoding.
ODD = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
# A character of a county's own font: right here, an empty box elsewhere.
PRIVATE = re.compile("[\ue000-\uf8ff]")
HIGH = re.compile(rb"[\x80-\xff]+")
ASIAN = re.compile("[\u0800-\uffff]")  # three bytes in UTF-8: bytes of GBK that pass for UTF-8 give none of these


def said(cpg: bytes | None, dbf: bytes, layer: str) -> list[tuple[str, str]]:
    """(codec, where from) the files themselves name, the .cpg before the language byte of the .dbf.

    Refused where they name one that is not known here: what the sender says is never dropped.
    """
    answers = []
    told = (cpg or b"")[:64].decode("ascii", "replace").strip("\ufeff\ufffd \r\n\t\0")
    name = re.sub(r"[^a-z0-9]", "", told.casefold())
    if name not in SAYS_NOTHING:
        if name not in CPG:
            raise Refused("cpg_unknown", layer=layer, said=told)
        answers.append((CPG[name], "cpg"))
    byte = dbf[29] if len(dbf) > 29 else 0
    if byte in LDID:
        answers.append((LDID[byte], "ldid"))
    elif byte not in SILENT and not answers:
        raise Refused("ldid_unknown", layer=layer, said=f"0x{byte:02X}")
    return answers


PLAUSIBLE = (*TRIED, "cp950")  # what text in Chinese may be in


def plausible(texts: Sequence[bytes], but: str) -> list[str]:
    """The other codecs in which all of the texts read cleanly; none where these are the same in all of them."""
    strange = [text for text in texts if not text.isascii()]
    return [codec for codec in PLAUSIBLE if strange and codec != but and all(_clean(text, codec) for text in strange)]


def choose(texts: Sequence[bytes], named: list[tuple[str, str]], layer: str) -> tuple[str, str]:
    """(codec, 'cpg' | 'ldid' | 'tried') under which all texts read cleanly; Refused where there is none.

    Bytes that are UTF-8 are hardly ever anything else, so they are UTF-8 whatever the file says. Who says Latin-1
    has mostly not been asked: where what is beyond ASCII comes in pairs, it is GBK.
    """
    strange = [text for text in texts if not text.isascii()]
    order = [*named, *((codec, "tried") for codec in TRIED)]
    if strange and named and _is_utf8(strange):
        order.sort(key=lambda each: each[0] != "utf-8")
    elif strange and named and named[0][0] == "cp1252" and _is_paired(strange):
        order.sort(key=lambda each: each[0] != "gb18030")
    for codec, source in order:
        if all(_clean(text, codec) for text in texts):
            return codec, source
    raise Refused("encoding_unknown", layer=layer)


def decode(text: bytes, codec: str, errors: str = "strict") -> tuple[str, bool]:
    """The text, and whether its last character was cut in two (by a field of fixed width) and left out."""
    decoder = codecs.getincrementaldecoder(codec)(errors)
    return decoder.decode(text), bool(decoder.getstate()[0])


def is_private(_: str, value: str) -> bool:
    """Whether a text holds characters of a county's own font."""
    return PRIVATE.search(value) is not None


def is_damaged(_: str, value: str) -> bool:
    """Whether a text holds the mark that stands for what could not be read."""
    return "\ufffd" in value


def _is_utf8(texts: Sequence[bytes]) -> bool:
    return all(_clean(text, "utf-8") for text in texts) and any(
        ASIAN.search(decode(text, "utf-8")[0]) for text in texts
    )


def _is_paired(texts: Sequence[bytes]) -> bool:
    """Whether nearly all bytes beyond ASCII come two by two, as those of Chinese do and those of accents do not."""
    runs = [run for text in texts for run in HIGH.findall(text)]
    return sum(len(run) % 2 == 0 for run in runs) >= 0.8 * len(runs) and all(_clean(text, "gb18030") for text in texts)


def _clean(text: bytes, codec: str) -> bool:
    try:
        return not ODD.search(decode(text, codec)[0])
    except UnicodeDecodeError:
        return False
