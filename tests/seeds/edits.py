"""Edits of the seed tables that change what they say: each a change of some rows that a check ought to notice.

An edit is given a random source and a row (a dict of its cells) and returns the changed cells, or nothing where it does
not fit. ``DELETED`` stands for a row that goes.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from random import Random

from seeds.rows import ROLES, TIERS, TOPICS

Row = dict[str, str]
Edit = Callable[[Random, Row], Row | None]
DELETED: Row = {"": ""}

NAMES = ("林业部门", "水利局", "市财政局", "县生态环境局", "城管局", "李家镇政府")
BODIES = ("ecology", "housing", "water", "agriculture", "transport", "finance", "forestry", "emergency", "market")
OFTEN = ("daily", "monthly", "quarterly", "half_yearly", "yearly")
UNITS = ("%", "吨", "万亩", "次", "公里", "件", "亩")
SURE = {"status": "ok", "why_zh": "", "why_en": ""}
TURNS_ZH = (
    ("加强", "削弱"), ("强化", "弱化"), ("提高", "降低"), ("减少", "增加"), ("禁止", "允许"), ("严禁", "允许"),
    ("不得", "可以"), ("严控", "放宽"), ("公开", "隐瞒"), ("公布", "隐瞒"), ("建立", "取消"), ("落实", "推迟"),
)  # fmt: skip
TURNS_EN = (
    ("strengthen", "weaken"), ("raise", "lower"), ("reduce", "increase"), ("cut", "raise"), ("ban", "allow"),
    ("publish", "hide"), ("protect", "damage"), ("supervise", "ignore"), ("control", "ignore"), ("build", "destroy"),
    ("carry out", "postpone"), ("set up", "abolish"),
)  # fmt: skip

SENSES_ZH = (
    ("以上", "以下"), ("不低于", "不超过"), ("不少于", "不超过"), ("前完成", "后完成"), ("上级", "下级"),
    ("县级", "市级"), ("乡镇", "村级"), ("大气", "土壤"), ("达标", "超标"), ("查处", "放过"), ("推进", "阻断"),
    ("严格", "宽松"),
)  # fmt: skip
SENSES_EN = (
    ("at least", "at most"), ("county", "city"), ("township", "village"), ("water", "air"), ("strict", "lenient"),
    ("check", "skip"), ("clear", "pile up"), ("promote", "discourage"),
)  # fmt: skip


def is_duty(row: Row) -> bool:
    """Duties and figures have different columns."""
    return "role" in row


def other(rng: Random, words: tuple[str, ...], word: str) -> str:
    """Another word than this one."""
    return rng.choice([each for each in words if each != word])


def swapped(column: str, words: tuple[str, ...], fits: Callable[[Row], object] = is_duty) -> Edit:
    """Another word of the column's own vocabulary."""
    return lambda rng, row: {column: other(rng, words, row[column])} if fits(row) and column in row else None


def named(rng: Random) -> Row:
    """A body that was made up, and nothing unsure about it any more."""
    name = rng.choice(NAMES)
    return SURE | {"body_printed": name, "body": name, "canonical": rng.choice(BODIES)}


def nameless(row: Row) -> bool:
    """No body is printed and none is known."""
    return is_duty(row) and not row["body"] and row["canonical"] == "unknown"


def turned_zh(rng: Random, row: Row) -> Row:
    """The Chinese says the opposite: by a word that turns it round, or by a "not"."""
    found = [pair for pair in TURNS_ZH if pair[0] in row["zh"]]
    if found and rng.random() < 0.5:
        return {"zh": row["zh"].replace(*rng.choice(found), 1)}
    head = re.match("(?:.*?：)?", row["zh"])[0]
    return {"zh": head + rng.choice(("不得", "不", "禁止")) + row["zh"][len(head) :]}


def turned_en(rng: Random, row: Row) -> Row:
    """The English says the opposite, in the same two ways."""
    found = [pair for pair in TURNS_EN if re.search(rf"\b{pair[0]}\b", row["en"], re.IGNORECASE)]
    if found and rng.random() < 0.5:
        old, new = rng.choice(found)
        return {"en": re.sub(rf"\b{old}\b", new, row["en"], count=1, flags=re.IGNORECASE)}
    return {"en": rng.choice(("Do not ", "Never ")) + row["en"][0].lower() + row["en"][1:]}


def turned_by(rng: Random, row: Row, column: str, pairs: tuple[tuple[str, str], ...]) -> Row | None:
    """One word of our sentence is its opposite, or another tier or medium."""
    found = [pair for pair in pairs if pair[0] in row[column]]
    return {column: row[column].replace(*rng.choice(found), 1)} if found else None


def unit(rng: Random, row: Row) -> Row | None:
    """Another unit behind the same number."""
    number, column = ("target_number", "target_unit") if is_duty(row) else ("number", "unit")
    return {column: other(rng, UNITS, row[column])} if row[number] and row[column] else None


def day(rng: Random, row: Row) -> Row | None:
    """Another day of the month, or the last day of another month."""
    if not (is_duty(row) and row["deadline_on"]):
        return None
    on = date.fromisoformat(row["deadline_on"])
    if rng.random() < 0.5:
        return {"deadline_on": on.replace(day=rng.choice([d for d in range(1, 28) if d != on.day])).isoformat()}
    month = rng.choice([m for m in range(1, 13) if m != on.month])
    return {"deadline_on": on.replace(month=month, day=monthrange(on.year, month)[1]).isoformat()}


def number(column: str, of_duty: bool) -> Edit:
    """Another number in a number's own column."""

    def edit(rng: Random, row: Row) -> Row | None:
        if is_duty(row) is not of_duty or not row[column].replace(".", "").isdigit():
            return None
        return {column: str(int(float(row[column])) * 3 + rng.randint(1001, 9000))}

    return edit


def invented(rng: Random, row: Row) -> Row:
    """A number in our sentence that nobody gave."""
    more = rng.choice(("，至少{}次", "，覆盖率{}%", "，{}日内办结", "，不少于{}处"))
    return {"zh": row["zh"] + more.format(rng.randint(2, 60))}


def moved(rng: Random, row: Row) -> Row:
    """Cited from other lines of the same document."""
    by = rng.choice((-1, 1)) * rng.randint(2, 9)
    first = max(1, int(row["line_from"]) + by)
    return {"line_from": str(first), "line_to": str(first)}


def topic(rng: Random, row: Row) -> Row | None:
    """A figure is about something else."""
    topics = ("节能减排工作情况", "招商引资任务", "防汛抗旱值守", "道路交通安全", "食品药品抽检", "义务教育均衡发展")
    return None if is_duty(row) else {"zh": re.sub("[^：]*$", "", row["zh"]) + rng.choice(topics)}


#: The edits of duties and figures, by what they change.
OF_ROWS: dict[str, Edit] = {
    "canonical body": swapped("canonical", BODIES, lambda row: is_duty(row) and row["body"]),
    "role": swapped("role", ROLES),
    "tier": swapped("tier", TIERS),
    "Chinese turned round": turned_zh,
    "English turned round": turned_en,
    "lost name filled in": lambda rng, row: named(rng) if nameless(row) else None,
    "empty department filled": lambda rng, row: SURE | {"canonical": rng.choice(BODIES)} if nameless(row) else None,
    "unknown made ok": lambda rng, row: dict(SURE) if row["status"] == "unknown" else None,
    "unit": unit,
    "body not as printed": lambda rng, row: {"body": rng.choice(NAMES)} if row.get("body") else None,
    "frequency": swapped("frequency", OFTEN, lambda row: row.get("frequency")),
    "day or month of a deadline": day,
    "masked name filled in": lambda rng, row: named(rng) if re.search("xx|×", row.get("body", "")) else None,
    "number invented in Chinese": invented,
    "row deleted": lambda rng, row: DELETED,
    "topic of a figure replaced": topic,
    "period of an evaluation": swapped(
        "period", OFTEN, lambda row: row.get("kind") == "evaluation" and row["period"] and row["period"] != "regular"
    ),
    "patrol target deleted": lambda rng, row: DELETED if row.get("kind") == "patrol_target" else None,
    "target number": number("target_number", of_duty=True),
    "target year": lambda rng, row: {"target_year": str(rng.randint(2031, 2060))} if row.get("target_year") else None,
    "printed body": lambda rng, row: {"body_printed": rng.choice(NAMES)} if row.get("body_printed") else None,
    "line moved": moved,
    "number of a figure": number("number", of_duty=False),
    # beside the 26 that were once looked for
    "other sense in Chinese": lambda rng, row: turned_by(rng, row, "zh", SENSES_ZH),
    "other sense in English": lambda rng, row: turned_by(rng, row, "en", SENSES_EN),
    "topic of a duty": swapped("topic", TOPICS),
    "doubt made sure": lambda rng, row: dict(SURE) if row["status"] == "to_confirm" else None,
    "duration invented": lambda rng, row: (
        {"deadline_kind": rng.choice(("ongoing", "long_term", "at_once"))} if row.get("deadline_kind") == "" else None
    ),
}
