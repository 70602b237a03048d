"""Invented names in Chinese and romanised, made from tables of syllables, for the invented county.

Each syllable stands with its pinyin (without tones, as on signs); joined ones follow the spelling rule
that a syllable beginning with a, e or o takes an apostrophe (Yong'an).
"""

import math
from collections.abc import Callable
from itertools import chain, cycle
from random import Random
from typing import NamedTuple, Protocol


class Word(NamedTuple):
    """A word in Chinese and in English letters."""

    zh: str
    en: str


class Bearing(NamedTuple):
    """A direction in which fields lie from a village; `angle` is counter-clockwise from east, in radians."""

    zh: str
    en: str
    angle: float


class Named(Protocol):
    """Whatever has a name in both languages."""

    @property
    def name_zh(self) -> str:
        """In Chinese."""

    @property
    def name_en(self) -> str:
        """In English."""


COUNTY = Word("泽原县", "Zeyuan County")
RIVERS = (Word("泽河", "Ze River"), Word("柳溪", "Liuxi Brook"))
BEARINGS = tuple(
    Bearing(zh, en, k * math.pi / 4)
    for k, (zh, en) in enumerate(
        (
            ("东", "east"),
            ("东北", "north-east"),
            ("北", "north"),
            ("西北", "north-west"),
            ("西", "west"),
            ("西南", "south-west"),
            ("南", "south"),
            ("东南", "south-east"),
        )
    )
)

_KINDS = {
    "subdistrict": Word("街道", "Subdistrict"),
    "town": Word("镇", "Town"),
    "township": Word("乡", "Township"),
    "community": Word("社区", "Community"),
    "village": Word("村", "Village"),
}
_SIDES = (Word("城东", "Chengdong"), Word("城北", "Chengbei"), Word("城西", "Chengxi"), Word("城南", "Chengnan"))


def _words(text: str) -> tuple[Word, ...]:
    """Pairs of Chinese and its pinyin, one after the other."""
    parts = text.split()
    return tuple(Word(zh, en) for zh, en in zip(parts[::2], parts[1::2], strict=True))


_PLACE_FIRST = _words(
    "清 qing 青 qing 白 bai 石 shi 双 shuang 长 chang 高 gao 古 gu 南 nan 北 bei 大 da 安 an 龙 long 柳 liu 杏 xing"
)
_PLACE_LAST = _words(
    "塔 ta 桥 qiao 井 jing 园 yuan 泉 quan 堤 di 屯 tun 集 ji 营 ying 渡 du 店 dian 林 lin 湖 hu 寺 si"
)
_SURNAME = _words("""
    王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 赵 zhao 黄 huang 周 zhou 吴 wu 徐 xu 孙 sun 胡 hu 朱 zhu 高 gao 林 lin
    何 he 郭 guo 马 ma 罗 luo 梁 liang 宋 song 郑 zheng 谢 xie 韩 han 唐 tang 冯 feng 于 yu 董 dong 程 cheng 曹 cao 袁 yuan
    邓 deng 许 xu 傅 fu 沈 shen 吕 lyu 苏 su 卢 lu 贾 jia 丁 ding 薛 xue 魏 wei 田 tian 杜 du 夏 xia 姜 jiang 范 fan 石 shi""")
_HAMLET = _words("庄 zhuang 营 ying 屯 tun 寨 zhai 楼 lou 铺 pu 堡 bao 集 ji 洼 wa 桥 qiao 店 dian 口 kou")
_WHICH = _words("东 dong 西 xi 南 nan 北 bei 前 qian 后 hou 大 da 小 xiao")
_GROWING = _words("柳 liu 枣 zao 杏 xing 桃 tao 槐 huai 杨 yang 榆 yu 苇 wei 梨 li 松 song 桑 sang 荷 he")
_GROUND = _words("林 lin 园 yuan 行 hang 坡 po 湾 wan 沟 gou 坊 fang 滩 tan")
_GOOD_FIRST = _words("和 he 永 yong 新 xin 文 wen 光 guang 东 dong 福 fu 祥 xiang 康 kang 锦 jin 安 an 兴 xing")
_GOOD_LAST = _words("平 ping 安 an 华 hua 昌 chang 明 ming 风 feng 阳 yang 宁 ning 园 yuan 泰 tai 苑 yuan 馨 xin")
_BRAND_FIRST = _words("华 hua 恒 heng 鑫 xin 宏 hong 瑞 rui 兴 xing 永 yong 金 jin 盛 sheng 德 de 广 guang 亿 yi")
_BRAND_LAST = _words("达 da 通 tong 源 yuan 泰 tai 丰 feng 隆 long 和 he 美 mei 旺 wang 顺 shun 诚 cheng 博 bo")
_TRADE = (
    Word("面粉厂", "Flour Mill"),
    Word("机械厂", "Machine Works"),
    Word("家具厂", "Furniture Factory"),
    Word("砖厂", "Brickworks"),
    Word("塑料制品厂", "Plastics Factory"),
    Word("饲料厂", "Feed Mill"),
    Word("食品厂", "Food Factory"),
    Word("纺织厂", "Textile Mill"),
    Word("铸造厂", "Foundry"),
    Word("印刷厂", "Printing Works"),
    Word("汽车修理厂", "Car Repair Shop"),
    Word("木材加工厂", "Sawmill"),
    Word("水泥制品厂", "Concrete Products Factory"),
    Word("洗涤厂", "Laundry"),
    Word("橡胶制品厂", "Rubber Factory"),
    Word("石材加工厂", "Stone Yard"),
)
_ANIMAL = (
    Word("养猪场", "Pig Farm"),
    Word("养鸡场", "Chicken Farm"),
    Word("奶牛场", "Dairy Farm"),
    Word("养羊场", "Sheep Farm"),
    Word("肉牛场", "Cattle Farm"),
)
_ESTATE = (
    Word("花园", "Garden"),
    Word("小区", "Estate"),
    Word("广场", "Plaza"),
    Word("商贸城", "Market"),
    Word("学府", "Court"),
)
# Given names: what may stand first, and what may stand second.
_GIVEN_FIRST = _words("""
    建 jian 国 guo 志 zhi 海 hai 春 chun 玉 yu 秀 xiu 文 wen 明 ming 晓 xiao 永 yong 俊 jun 丽 li 雪 xue 振 zhen 立 li 少 shao 凤 feng
    桂 gui 金 jin 红 hong 新 xin 思 si 雅 ya""")
_GIVEN_LAST = _words("""
    军 jun 华 hua 强 qiang 平 ping 英 ying 兰 lan 梅 mei 芳 fang 峰 feng 林 lin 涛 tao 伟 wei 娟 juan 霞 xia 刚 gang 斌 bin 燕 yan
    娥 e 生 sheng 良 liang 敏 min 杰 jie 静 jing 勇 yong""")


def join(*words: Word) -> Word:
    """One word out of several, its English with one capital and the apostrophe where pinyin wants it."""
    en = words[0].en
    for word in words[1:]:
        en += ("'" if word.en[0] in "aeo" else "") + word.en
    return Word("".join(word.zh for word in words), en.capitalize())


def people(n: int, rng: Random) -> list[tuple[str, str]]:
    """`n` different names of persons, common family names more often; raises ValueError beyond 10,000."""
    if not 0 <= n <= 10_000:
        raise ValueError(f"there are no {n} different names")
    weights = [1 / (k + 6) for k in range(len(_SURNAME))]
    fresh = _Fresh(rng)

    def person() -> Word:
        family = rng.choices(_SURNAME, weights)[0]
        given = (
            [rng.choice(_GIVEN_LAST)] if rng.random() < 0.15 else [rng.choice(_GIVEN_FIRST), rng.choice(_GIVEN_LAST)]
        )
        name = join(*given)
        return Word(family.zh + name.zh, f"{family.en.capitalize()} {name.en}")

    return [(name.zh, name.en) for name in (fresh(person) for _ in range(n))]


class _Fresh:
    """Makes names until one is new in both languages."""

    def __init__(self, rng: Random):
        self.rng = rng
        self._used: set[str] = set()

    def __call__(self, make: Callable[[], Word]) -> Word:
        for _ in range(10_000):
            word = make()
            if self._used.isdisjoint(word):
                self._used.update(word)
                return word
        raise ValueError("all names of this kind are used up")

    def pick(self, *tables: tuple[Word, ...]) -> Word:
        """One word of each table, joined."""
        return join(*(self.rng.choice(table) for table in tables))


class Names:
    """Names for the cells of one county; none comes twice. Raises ValueError when they are used up."""

    def __init__(self, rng: Random):
        self._fresh = _Fresh(rng)
        # 15 and 14 syllables go round beside each other: neighbours never sound alike.
        first, last = (cycle(rng.sample(table, len(table))) for table in (_PLACE_FIRST, _PLACE_LAST))
        self._places = (join(*pair) for pair in zip(first, last, strict=True))

    def township(self, kind: str, angle: float) -> Word:
        """A township's name with its kind; a subdistrict is called after the side of the seat it lies on (radians)."""
        choices = [_SIDES[round(angle / (math.pi / 2)) % 4]] if kind == "subdistrict" else []
        words = chain(choices, self._places)
        return self._fresh(lambda: _titled(next(words), kind))

    def village(self, kind: str) -> Word:
        """The name of a village or a community, with its kind."""
        make = self._community if kind == "community" else self._hamlet
        return self._fresh(lambda: _titled(make(), kind))

    def _community(self) -> Word:
        return self._fresh.pick(_GOOD_FIRST, _GOOD_LAST)

    def _hamlet(self) -> Word:
        home = (Word("家", "jia"),)
        forms = ((_SURNAME, home, _HAMLET), (_WHICH, _SURNAME, _HAMLET), (_SURNAME, _HAMLET), (_GROWING, _GROUND))
        return self._fresh.pick(*self._fresh.rng.choices(forms, (5, 3, 2, 2))[0])


def _titled(word: Word, kind: str) -> Word:
    title = _KINDS[kind]
    return Word(word.zh + title.zh, f"{word.en} {title.en}")


class Things:
    """Names for the objects of one county; none comes twice. Raises ValueError when they are used up."""

    def __init__(self, rng: Random):
        self._fresh = _Fresh(rng)
        self._brands = {
            "enterprise": (_BRAND_FIRST, _BRAND_LAST, _TRADE),
            "livestock_farm": (_GOOD_FIRST, _BRAND_LAST, _ANIMAL),
            "construction_site": (_GOOD_FIRST, _GOOD_LAST, _ESTATE),
        }

    def section(self, cell: Named, river: Named) -> Word:
        """The stretch of a river in a village."""
        return Word(f"{river.name_zh}{cell.name_zh}段", f"{river.name_en}, {cell.name_en} section")

    def thing(self, kind: str, cell: Named, bearing: Bearing) -> Word:
        """Any other object of a village, which lies in this direction from its middle."""
        if kind in self._brands:
            return self._fresh(lambda: self._firm(kind))
        zh, en = {
            "straw_plot": (f"{bearing.zh}地块", f"{bearing.en} field"),
            "water_source": ("饮用水水源井", "drinking-water well"),
            "waste_point": ("垃圾堆放点", "waste point"),
        }[kind]
        return Word(cell.name_zh + zh, f"{cell.name_en} {en}")

    def _firm(self, kind: str) -> Word:
        *brand, trade = self._brands[kind]
        called, what = self._fresh.pick(*brand), self._fresh.rng.choice(trade)
        site = Word("工地", " building site") if kind == "construction_site" else Word("", "")
        return Word(f"{called.zh}{what.zh}{site.zh}", f"{called.en} {what.en}{site.en}")
