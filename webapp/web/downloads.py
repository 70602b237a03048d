"""A file that is made when somebody asks for it: written first, then noted in the log, and only then handed over."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO, TypeVar

from flask import Response, send_file
from sqlalchemy.orm import Session

from .request import close_reads, turn, write

Made = TypeVar("Made")


def handed_over(
    make: Callable[[IO[bytes]], Made],
    note: Callable[[Session, Made], None],
    name: Callable[[Made], str],
    media_type: str,
) -> Response:
    """``make`` writes it and says what it made, for the line of the log and the file's name. Busy when the server did
    not come to it; what ``make`` refuses leaves no line and no file."""
    close_reads()
    out = TemporaryFile()  # noqa: SIM115  (open until the answer is sent; it has no name that could stay)
    try:
        with turn("export"):
            made = make(out)
        with write() as session:
            note(session, made)
        out.seek(0)
        answer = send_file(out, mimetype=media_type, as_attachment=True, download_name=name(made))
    except BaseException:
        out.close()
        raise
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
