"""What goes wrong at which kind of object, in the words of the invented county. All invented."""

import uuid

from ..core import ids

#: object type → (problem type, place within the object, what is seen)
TROUBLES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "enterprise": (
        ("smoke", "烟囱", "冒黑烟"),
        ("smell", "厂区门口", "有刺鼻气味"),
        ("sewage", "后墙外沟", "有污水流出"),
        ("noise", "北侧", "夜间机器声大"),
        ("waste_dumping", "围墙外", "堆了废料"),
    ),
    "river_section": (
        ("black_ditch", "下游岸边", "水发黑发臭"),
        ("rubbish_dumping", "岸坡", "有人倒垃圾"),
        ("sewage", "桥下", "有管口流污水"),
    ),
    "black_water": (("black_ditch", "进水口", "水发黑发臭"), ("rubbish_dumping", "岸边", "有人倒垃圾")),
    "water_source": (("rubbish_dumping", "围栏旁", "有生活垃圾"), ("manure", "上游方向", "有粪水痕迹")),
    "livestock_farm": (("manure", "东侧排水沟", "有粪污外流"), ("smell", "下风向", "臭味很重")),
    "straw_plot": (("straw_burning", "地头", "有焚烧秸秆的烟"), ("rubbish_burning", "田埂", "有人烧杂草垃圾")),
    "construction_site": (
        ("dust", "出入口", "扬尘大，没有洒水"),
        ("noise", "工地", "夜里施工"),
        ("rubbish_dumping", "围挡外", "渣土没有清运"),
    ),
    "waste_point": (
        ("rubbish_dumping", "", "垃圾堆满没有清运"),
        ("rubbish_burning", "", "有人烧垃圾"),
        ("smell", "周边", "臭味扰民"),
    ),
}
MEASURES = {"stopped": "已劝停", "mediated": "已调解", "not_heeded": "没劝住", "nothing_yet": "还没处理"}

#: problem type → what is reported when it was true and handled, why a township raises it, what a second look finds
FITTING: dict[str, tuple[tuple[str, ...], str, str]] = {
    "smoke": (
        ("已到厂检查，除尘设施已重新开启，责令限期检修。",),
        "企业烟囱冒烟，要查治理设施，镇里查不了。",
        "又去看过，烟还是黑的。",
    ),
    "smell": (("已到场查看，清理了露天堆放的物料，加了盖布。",), "气味时有时无，镇里没有仪器。", "下风向还是闻得到。"),
    "sewage": (
        ("已封堵排口，污水改接入管网。", "已查明来水，责令停止排放并清沟。"),
        "涉及处罚，镇里无权。",
        "管口还有水流出来。",
    ),
    "noise": (("已到场制止，约定夜间不再开机。",), "夜里施工劝不住，要县里派人查。", "昨晚又响到十一点。"),
    "waste_dumping": (("废料已清运，来源正在追查。",), "废料来路不明，要县里查。", "围墙边还剩一小堆没有拉走。"),
    "black_ditch": (("已打捞漂浮物，沟底清淤，上游管口已封。",), "沟跨两个村，上游来水要县里查。", "水还是发黑。"),
    "rubbish_dumping": (
        ("已组织清运，现场恢复，立了牌子。", "已清运三车，安排保洁每天来看。"),
        "多次清了又倒，请县里派部门管。",
        "现场还有残留。",
    ),
    "manure": (("粪污已抽走，沟已冲洗，业主修好了收集池。",), "养殖场收集池满了，要部门来定怎么改。", "沟里还有粪水。"),
    "straw_burning": (("火已扑灭，和户主谈过，秸秆已打捆运走。",), "地块大、烟大，请县里派人。", "地头又有新的灰堆。"),
    "rubbish_burning": (("火已灭，灰烬清走，和当事人谈过。",), "劝了几次还在烧，镇里不能罚。", "桶里又有烧过的灰。"),
    "dust": (("裸土已盖网，出入口装了冲洗，每天洒水。",), "工地不听劝，镇里无权处罚。", "出入口还是没有洒水。"),
}
DOUBTFUL = "到场时情况比报的轻，已当面说明。"  # a result that was partly or not true
DISMISS = ("重复上报，已在办理。", "不是环境问题，已转告。")
BOUNCE = ("不在本部门职责清单内。", "该地块已移交其他部门管理。")
MISSING = (["place"], ["facts"], ["place", "facts"])
REASON = "情况有变，已在现场说明。"  # for a move that has no words of its own here
LOOKED = "看过，已改好。"


def new_id() -> uuid.UUID:
    """A client-made id at the story's moment."""
    return ids.new()


def can_be(problem: str, type_: str) -> bool:
    """Whether a thing of this type can have that problem."""
    return any(code == problem for code, *_ in TROUBLES[type_])
