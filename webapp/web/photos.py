"""Photos of a posted form: kept on disk before any transaction begins."""
from flask import current_app, request

from ..core import files
from ..core.errors import N_, Refused

MOST = 3


def kept(field: str = "photos") -> tuple[files.PhotoFile, ...]:
    """The photos of this request, on disk; Refused when there are too many or one is no picture."""
    sent = [item for item in request.files.getlist(field) if item.filename]
    if len(sent) > MOST:
        raise Refused(N_("At most %(most)d photos."), field=field, most=MOST)
    data_dir = current_app.config["WANGGE"].data_dir
    return tuple(files.keep(data_dir, item.stream) for item in sent)
