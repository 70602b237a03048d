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

DONE = (
    "已到场清理，现场恢复。",
    "已责令整改，设备已停用。",
    "已覆盖防尘网，安排洒水。",
    "已疏通并清运，约谈负责人。",
    "已查封排口，立案调查。",
    "已组织清运三车，设立警示牌。",
)
RAISE = ("涉及处罚，镇里无权。", "多次劝阻无效，请县里派部门。", "跨镇河段，请县里协调。")
BOUNCE = ("不在本部门职责清单内。", "该地块已移交其他部门管理。")
MISSING = (["place"], ["facts"], ["place", "facts"])
REASON = "情况有变，已在现场说明。"  # for a move that has no words of its own here
REDO = ("看过，没改好，还有异味。", "现场仍有残留。")
DISMISS = ("重复上报，已在办理。", "不是环境问题，已转告。")
LOOKED = "看过，已改好。"

#: problem type → the department that usually gets it, by its code in the duty lists
DEPARTMENT = {
    "smoke": "ecology",
    "smell": "ecology",
    "sewage": "ecology",
    "noise": "public_security",
    "waste_dumping": "ecology",
    "black_ditch": "water",
    "rubbish_dumping": "urban_management",
    "manure": "agriculture",
    "straw_burning": "agriculture",
    "rubbish_burning": "urban_management",
    "dust": "housing",
}


def new_id() -> uuid.UUID:
    """A client-made id at the story's moment."""
    return ids.new()


def can_be(problem: str, type_: str) -> bool:
    """Whether a thing of this type can have that problem."""
    return any(code == problem for code, *_ in TROUBLES[type_])
