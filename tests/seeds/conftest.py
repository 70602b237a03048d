"""A small synthetic set of seeds with its source texts, made in a folder of the test's own."""

import csv
import hashlib
import shutil
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path

import pytest

import seeds
from seeds import manifest
from seeds.proof.tables import Count, Excused, Tier
from seeds.rows import Duty, Figure, ProblemDuty, ProblemType, Succession

CLEAN = "總則\n縣政府負責巡查。\n\n環保部門每季度檢查12次,2025年前完成。\n附則\n"
RAW = CLEAN.replace("縣", "縣(xiàn)").replace("環", "環(huán)")
DEPARTMENTS = "code,zh,en,kind\ncounty,县政府,county,government\necology,生态环境部门,ecology,department\n"
DOCUMENT = """code = "900"
title_zh = "方案"
title_en = "Plan"
issuer_zh = "unknown"
issuer_en = "unknown"
number = "unknown"
date = "unknown"
script = "traditional"
lines = 5
sha256 = "{raw}"
sha256_clean = "{clean}"

[[no_duty]]
from = 1
to = 1
zh = "标题"
en = "heading"

[[no_duty]]
lines = [5]
zh = "附则"
en = "closing"
"""
PATROL = {
    "code": "900-01", "document": "900", "section": "1", "line_from": "2", "line_to": "2", "order": "1",
    "body_printed": "縣政府", "body": "县政府", "canonical": "county", "tier": "county", "role": "responsible",
    "topic": "grid", "zh": "组织巡查", "en": "organise patrols", "anchor": "負責巡查", "status": "ok",
}  # fmt: skip
INSPECT = PATROL | {
    "code": "900-02", "line_from": "4", "line_to": "4", "body_printed": "環保部門", "body": "环保部门",
    "canonical": "ecology", "zh": "检查", "en": "inspect", "target": "次数", "target_number": "12",
    "deadline_kind": "by_date", "deadline_on": "2025-12-31", "frequency": "quarterly", "anchor": "每季度檢查",
}  # fmt: skip
TIMES = {
    "code": "900-fig-01", "document": "900", "section": "1", "line_from": "4", "line_to": "4", "order": "1",
    "kind": "frequency", "subject": "inspection", "zh": "每季度", "en": "quarterly", "number": "12",
    "year": "2025", "period": "quarterly", "anchor": "檢查12次", "status": "ok",
}  # fmt: skip
PROBLEM = {
    "code": "dust", "zh": "扬尘", "en": "dust", "category": "air", "order": "1", "needs_enforcement": "no",
    "asks_emergency": "no",
}  # fmt: skip
LINK = {"problem": "dust", "rank": "1", "duty": "900-01", "role": "lead", "zh": "工地", "en": "building sites"}


@dataclass
class SmallSeeds:
    """``root`` holds the seeds, ``sources`` the texts they were taken from."""

    root: Path
    sources: Path
    patrol = PATROL
    inspect = INSPECT
    times = TIMES

    def write(self, *, duties=(PATROL, INSPECT), figures=(TIMES,)) -> None:
        """Write the two tables anew, with what is counted and read of them, and record them in the manifest."""
        write_table(self.root / "duties/900.csv", Duty, duties)
        write_table(self.root / "figures/900.csv", Figure, figures)
        self.prove((*duties, *figures))
        manifest.rewrite(self.root)

    def prove(self, rows) -> None:
        """The tables that the laws of content compare with, as these rows are."""
        (self.root / "proof").mkdir(exist_ok=True)
        shutil.copy(Path(seeds.__file__).parent / "proof/words.csv", self.root / "proof/words.csv")
        counts = Counter((row["document"], row.get("kind", "duty"), row["status"]) for row in rows)
        named = {(row["document"], row["canonical"], row["tier"]) for row in rows if row.get("body")}
        bodies = {(row["body"], row["canonical"]) for row in rows if row.get("body")}
        write_table(
            self.root / "proof/counts.csv",
            Count,
            [dict(zip(("part", "kind", "status", "rows"), (*key, n), strict=True)) for key, n in counts.items()],
        )
        write_table(
            self.root / "proof/tiers.csv", Tier, [{"part": p, "canonical": c, "tiers": t} for p, c, t in sorted(named)]
        )
        write_table(self.root / "proof/exceptions.csv", Excused, [])
        write_table(
            self.root / "succession.csv",
            Succession,
            [{"body": b, "canonical": c, "status": "to_confirm", "source": "general knowledge"} for b, c in bodies],
        )


def write_table(path: Path, kind: type, rows) -> None:
    """A seed table with the columns of ``kind``; what a row does not give stays empty."""
    path.parent.mkdir(exist_ok=True)
    columns = [f.name for f in fields(kind) if f.name != "origin"]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def small(tmp_path) -> SmallSeeds:
    """Seeds that hold against their sources in every point."""
    found = SmallSeeds(tmp_path / "seeds", tmp_path / "sources")
    found.sources.mkdir()
    (found.root / "documents").mkdir(parents=True)
    (found.sources / "900_raw.txt").write_text(RAW, "utf-8")
    (found.sources / "900_clean.txt").write_text(CLEAN, "utf-8")
    hashes = {n: hashlib.sha256(t.encode()).hexdigest() for n, t in (("raw", RAW), ("clean", CLEAN))}
    (found.root / "documents/900.toml").write_text(DOCUMENT.format(**hashes), "utf-8")
    (found.root / "departments.csv").write_text(DEPARTMENTS, "utf-8")
    write_table(found.root / "settings/problem_types.csv", ProblemType, [PROBLEM])
    write_table(found.root / "settings/problem_duties.csv", ProblemDuty, [LINK])
    found.write()
    return found
