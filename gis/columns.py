"""Which column of a layer is the code, the name and the parent: by its name, its tier and its values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gis.delivery import Choice, Refused

# The usual column names by what they hold and of which tier they speak (0: of none), the likelier first.
# XZQ, CJDCQ, ZLDW: the land survey's layers; QH, PAC: districts; BM, DM, MC: code and name.
COLUMNS: dict[str, dict[int, str]] = {
    "code": {
        0: "code xzqdm xzqhdm qhdm qh_dm tjqhdm adcode adm_code admin_code gbcode code12 pac bm dm id_code "
        "gridcode grid_code wgbm wgdm 行政区代码 行政区划代码 行政区域代码 行政代码 区划代码 统计用区划代码 代码 编码 "
        "网格编码 网格编号 网格代码",
        1: "xiandm xian_code countycode county_code 县代码 县级代码 区县代码",
        2: "xzdm xiangdm xiang_code towncode town_code townshipcode 乡镇代码 乡镇编码 乡代码 镇代码 街道代码",
        3: "cundm cdm villcode vill_code villagecode village_code cjdcqdm zldwdm zldwdm_1 sqdm "
        "村代码 村编码 村级代码 行政村代码 社区代码 坐落单位代码",
    },
    "name": {
        0: "name xzqmc xzqhmc qhmc qh_mc name_zh cname mc gridname grid_name wgmc "
        "行政区名称 行政区划名称 行政区域名称 行政名称 区划名称 名称 网格名称",
        1: "xianmc xian_name countyname county_name 县名称 县名 区县名称",
        2: "xzmc xiangmc xiang_name townname town_name townshipname 乡镇名称 乡镇名 乡名 镇名 街道名称",
        3: "cunmc cmc villname vill_name villagename village_name cjdcqmc zldwmc sqmc "
        "村名 村名称 行政村名称 社区名称 坐落单位名称",
    },
    "parent": {
        0: "parent parent_code parentcode pcode pid sjdm sjxzqdm sjbm fdm fjdm fbm ssxzdm ssxzqdm "
        "上级代码 上级编码 上级行政区代码 父级代码 父级编码 所属乡镇代码 所属乡镇 所属县",
    },
}
CUT = 4  # letters from which on a Chinese column name may be the beginning of a longer one: a .dbf has ten bytes
SAME = 0.5  # a column with less than half as many different values as another one speaks of something above
LENGTH = 6  # digits from which on a value looks like a code
GROUP_DIGITS = 7  # ZLDWDM has 19 digits: 12 for the village and 7 for the group, zero for a village as a whole


@dataclass(frozen=True)
class Chosen:
    """The columns of a layer as the layer spells them; `above` says what the tier above is called."""

    code: str
    name: str
    parent: str | None
    above: str | None


def choose(columns: Mapping[str, list[str]], layer: str, tier: int | None, choice: Choice) -> Chosen | None:
    """The columns of a layer whose tier is known or not; None where none holds codes.

    Refused where several may be meant, where the only one says the same in most rows, or where none holds names.
    """
    code = _one(columns, layer, tier, "code", choice.code, ())
    if code is None:
        return None
    name = _one(columns, layer, tier, "name", choice.name, (code,))
    if name is None:
        raise Refused("no_name_column", layer=layer, columns=listed(columns))
    parent = given(columns, choice.parent) or next(iter(_known(columns, "parent", None)), None)
    above = next((each for each in _known(columns, "name", (tier or 3) - 1, others=False) if each != name), None)
    return Chosen(code, name, parent if parent != code else None, above)


def given(columns: Iterable[str], said: Sequence[str]) -> str | None:
    """The first of the names that were said which is a column here."""
    known = {name.strip().casefold(): name for name in columns}
    return next((known[each.strip().casefold()] for each in said if each.strip().casefold() in known), None)


def listed(columns: Iterable[str]) -> str:
    """The columns for a sentence."""
    return ", ".join(columns)[:300] or "–"


def tidy_codes(codes: Sequence[str]) -> list[str]:
    """Codes without the group digits of a 19-digit survey code, where a whole layer has only zeros there."""
    filled = [code for code in codes if code]
    if filled and all(len(code) == 19 and code.endswith("0" * GROUP_DIGITS) for code in filled):
        return [code[:-GROUP_DIGITS] for code in codes]
    return list(codes)


def _one(
    columns: Mapping[str, list[str]],
    layer: str,
    tier: int | None,
    wanted: str,
    said: Sequence[str],
    taken: Sequence[str],
) -> str | None:
    if named := given(columns, said):
        return named
    ranks = _known(columns, wanted, tier)
    kept = _telling({name: columns[name] for name in ranks if name not in taken}, layer, wanted)
    best = min((ranks[name] for name in kept), default=0)
    left = [name for name in kept if ranks[name] == best]
    if len({tuple(tidy_codes(_plain(columns[name]))) for name in left}) > 1:
        raise Refused("columns_unclear", layer=layer, columns=listed(left), option=f"--{wanted}")
    return left[0] if left else None


def _known(columns: Iterable[str], wanted: str, tier: int | None, *, others: bool = True) -> dict[str, int]:
    """The columns with a usual name, the likelier first, with their rank: of this tier, of none, of another."""
    order = [tier or 0, *((each for each in (0, 3, 2, 1) if each != (tier or 0)) if others else ())]
    usual = [(name, rank) for rank, each in enumerate(order) for name in COLUMNS[wanted].get(each, "").split()]
    spelled: dict[str, str] = {}
    for name in columns:
        spelled.setdefault(_whole(name.strip().casefold(), wanted), name)
    return {spelled[name]: rank for name, rank in usual if name in spelled}


def _whole(name: str, wanted: str) -> str:
    """The usual name that a cut one begins, where it begins one kind only: 行政区划代 is a code."""
    if len(name) < CUT or name.isascii():
        return name
    begun = {
        (kind, usual)
        for kind, tiers in COLUMNS.items()
        for names in tiers.values()
        for usual in names.split()
        if usual.startswith(name)
    }
    return next((usual for _, usual in begun), name) if {kind for kind, _ in begun} == {wanted} else name


def _plain(values: Sequence[str]) -> list[str]:
    return [value.strip() for value in values]


def _telling(candidates: Mapping[str, list[str]], layer: str, wanted: str) -> list[str]:
    """Those whose values tell the rows apart, and for a code look like one where any does."""
    different = {name: len({*_plain(values)} - {""}) for name, values in candidates.items()}
    most = max(different.values(), default=0)
    kept = [name for name in candidates if different[name] >= SAME * most]
    if wanted == "code":
        looking = [name for name in kept if _looks(candidates[name])]
        kept = looking or kept
    rows = max((sum(map(bool, _plain(values))) for values in candidates.values()), default=0)
    if kept and rows > 3 and most < SAME * rows:
        raise Refused("column_repeats", layer=layer, columns=listed(kept), option=f"--{wanted}")
    return kept


def _looks(values: Sequence[str]) -> bool:
    digits = sum(sum(map(str.isdigit, value)) >= LENGTH for value in values)
    return 2 * digits >= sum(map(bool, values))
