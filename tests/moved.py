"""What revisions moved or named anew: today's rows as an earlier revision had them.

A test that compares the rows before and after a revision takes them back with ``as_before`` first. What is not said
here may not differ in anything.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

Rows = dict[str, list[dict[str, Any]]]


def plain(value: Any) -> Any:
    """A UUID as its letters, whichever way an engine or a revision keeps it. No border's WKB is as short as that."""
    if isinstance(value, bytes) and len(value) == 16:
        return value.hex()
    return value.hex if isinstance(value, UUID) else value


def as_before(rows: Rows, since: str, revision: str) -> Rows:
    """Rows as they stand at ``revision`` in the form that they had at the earlier revision ``since``."""
    for number in sorted(BACK, reverse=True):
        if since < number <= revision:
            rows = BACK[number]({name: [dict(row) for row in each] for name, each in rows.items()})
    return rows


def _before_0002(rows: Rows) -> Rows:
    """The role inspector was called evaluator, and an attachment with its link was a photo."""
    files = {row["id"]: row for row in rows.pop("attachment")}
    rows["photo"] = [_photo(files.pop(link["attachment_id"]), link) for link in rows.pop("report_attachment")]
    assert not files, "attachments that belong to nothing"
    for row in (*rows["posting"], *rows["report_event"]):
        row["role"] = "evaluator" if row["role"] == "inspector" else row["role"]
    for row in rows["audit_log"]:
        detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
        if detail.get("role") == "inspector":
            changed = detail | {"role": "evaluator"}
            row["detail"] = json.dumps(changed) if isinstance(row["detail"], str) else changed
    return rows


#: What every photo is since 0002, and when and from whom it came is tested apart (tests/test_revision_0002.py).
IMAGE = {"kind": "image", "media_type": "image/jpeg", "name": None}


def _photo(file: dict[str, Any], link: dict[str, Any]) -> dict[str, Any]:
    both = file | link
    assert IMAGE.items() <= both.items()
    return {
        name: both[name] for name in ("id", "report_id", "event_id", "sha256", "copy", "width", "height", "position")
    }


def _before_0020(rows: Rows) -> Rows:
    """A type had its interval and who set it; of one that is withheld there is a rule too."""
    rules = {row["code"]: row for row in rows.pop("frequency_rule")}
    for row in rows["object_type"]:
        rule = rules[row["code"]]
        row |= {"interval_days": rule["every"], "changed_at": rule["changed_at"], "changed_by": rule["changed_by"]}
    return rows


BACK: dict[str, Callable[[Rows], Rows]] = {"0002": _before_0002, "0020": _before_0020}
