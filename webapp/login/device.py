"""What a log-in came from, in words its owner knows again: "WeChat, Android" instead of a browser's own long name."""

from ..core.errors import N_
from ..core.tables import table

#: The first mark found in the browser's name counts.
PROGRAMS = table("""
mark            program
MicroMessenger  WeChat
DingTalk        DingTalk
wxwork          WeCom
Edg             Edge
MiuiBrowser     Mi_Browser
HuaweiBrowser   Huawei_Browser
QQBrowser       QQ_Browser
UCBrowser       UC_Browser
Firefox         Firefox
Chrome          Chrome
Safari          Safari
""")
SYSTEMS = table("""
mark       system
HarmonyOS  HarmonyOS
Android    Android
iPhone     iPhone
iPad       iPad
Windows    Windows
Macintosh  Mac
Linux      Linux
""")
UNKNOWN = N_("Unknown device")
WORDS = (
    N_("WeChat"),
    N_("DingTalk"),
    N_("WeCom"),
    N_("Mi Browser"),
    N_("Huawei Browser"),
    N_("QQ Browser"),
    N_("UC Browser"),
)  # brands that have a Chinese name; the others are the same in both languages


def describe(user_agent: str) -> str:
    """Program and system, e.g. ``WeChat, Android``; the msgid of UNKNOWN when neither is known."""
    parts = [_first(user_agent, PROGRAMS, "program"), _first(user_agent, SYSTEMS, "system")]
    return ", ".join(part.replace("_", " ") for part in parts if part) or UNKNOWN


def _first(user_agent: str, rows: list[dict[str, str]], column: str) -> str:
    return next((row[column] for row in rows if row["mark"].lower() in user_agent.lower()), "")
