"""Settings: typed reading of rows that the county office, or for technical ones the system administrator, may change."""
from datetime import time
from typing import Any

from sqlalchemy.orm import Session

from .models import Setting

KINDS: dict[str, Any] = {
    "int": int, "text": str, "bool": lambda text: text == "yes", "time": time.fromisoformat,
}


def get(session: Session, key: str) -> Any:
    """The value of a setting in its own type; a missing key is a programming error."""
    row = session.get_one(Setting, key)
    return KINDS[row.kind](row.value)
