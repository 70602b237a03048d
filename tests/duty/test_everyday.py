"""What people mean by everyday words, and which rows a search finds: pure functions, without pages and database."""

import csv
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

import seeds
from seeds.script import folded, traditional
from webapp.duty.everyday import meaning, singular, understood
from webapp.duty.finding import Text, found, in_pieces

WORDS = [meaning(row) for row in seeds.read("everyday_words")]
DUTIES = seeds.read("duties").rows
TEXTS = [
    Text(folded(" ".join((row.zh, row.en, row.body, row.body_printed, row.anchor))), row.line_from, row.line_to)
    for row in DUTIES
]


def lines(typed, document="004"):
    """The lines of a document on which the rows stand that a search finds."""
    rows = (DUTIES[at] for at in found(typed, TEXTS))
    return {line for row in rows if row.document == document for line in range(row.line_from, row.line_to + 1)}


def row(zh, en="-", problem="", terms="", code="x"):
    """A row of the everyday words."""
    return meaning(SimpleNamespace(code=code, zh=zh, en=en, problem=problem, terms=terms))


def codes(text, *rows):
    return [each.code for each in understood(text, rows)]


def test_a_meaning_needs_every_part_of_one_way_and_one_word_of_each_part():
    straw = row("麦茬/稻草 烧/点着; 禁烧", "straw/stubble burn/burning; ban fire")
    for said in ("地里烧麦茬", "稻草点着了", "禁烧", "burning STUBBLE", "a ban of fires", "straw burns"):
        assert codes(said, straw) == ["x"], said
    for said in ("麦茬", "烧", "straw", "burn", "ban", "strawberry burns", ""):
        assert codes(said, straw) == [], said


def test_the_closest_description_comes_first_and_takes_its_words_away():
    smoke, straw = row("烟/冒烟", code="smoke", problem="smoke"), row("秸秆 烟/烧", code="straw", problem="straw")
    assert codes("秸秆冒烟", smoke, straw) == ["straw", "smoke"]  # 冒烟 says more than the 烟 that straw has taken
    assert codes("秸秆有烟", smoke, straw) == ["straw"]
    assert codes("秸秆烧了，烟囱冒烟", smoke, straw) == ["straw", "smoke"]


def test_the_broad_word_of_a_problem_gives_way_to_a_closer_one_and_two_close_ones_stay():
    broad, site = row("尘/尘土", problem="dust", code="dust"), row("工地 尘", problem="dust", terms="工地", code="site")
    road = row("马路 尘", problem="dust", terms="道路", code="road")
    assert codes("工地尘土", broad, site, road) == ["site"]
    assert codes("工地和马路都是尘土", broad, site, road) == ["site", "road"]
    assert codes("尘土", broad, site, road) == ["dust"]


@pytest.mark.parametrize(
    ("word", "one"),
    [("dusts", "dust"), ("bodies", "body"), ("ditches", "ditch"), ("gas", "ga"), ("noise", "noise"), ("glass", "glass"),
     ("industries", "industry"), ("fumes", "fume"), ("sulphurous", "sulphurous")],
)  # fmt: skip
def test_the_plural_is_the_same_word(word, one):
    assert singular(word) == one
    assert word == "glass" or singular(one) == one


def test_a_sentence_in_traditional_characters_means_the_same():
    for sentence in (
        "养鸡场的粪水流到路上",
        "饭店油烟呛人",
        "歌厅半夜吵得睡不着",
        "工地上尘土飞扬",
        "鸭粪脏水",
        "烧麦茬",
    ):
        assert codes(traditional(sentence), *WORDS) == codes(sentence, *WORDS) != [], sentence
        assert traditional(sentence) != sentence


def test_further_spellings_of_a_character_are_read_as_the_simplified_one():
    for typed, plain in (
        ("河裏採砂", "河里采砂"),
        ("村裡的垃圾", "村里的垃圾"),
        ("髒水", "脏水"),
        ("燻烤的菸味", "熏烤的烟味"),
    ):
        assert folded(typed) == plain
    assert codes("河裏採砂", *WORDS) == ["river_bed"]


def test_every_row_of_the_everyday_words_can_be_said_in_both_languages():
    for each in WORDS:
        for way in (*each.zh, *each.en):
            said = " ".join(part[0] for part in way)
            assert each.code in [one.code for one in understood(said, [each])], (each.code, said)


def test_the_problem_of_a_row_is_one_and_a_row_without_has_words_of_the_lists():
    problems = {problem.code for problem in seeds.read("problem_types")}
    assert {each.problem for each in WORDS} - problems == {""}
    assert [each.code for each in WORDS if not (each.problem or each.terms)] == []
    assert {row.source for row in seeds.read("everyday_words")} == {"county setting"}


def test_every_problem_but_the_unnamed_one_has_everyday_words():
    assert {problem.code for problem in seeds.read("problem_types")} - {each.problem for each in WORDS} == {"other"}


def test_each_term_stands_in_a_duty_or_where_the_reading_says_when_it_holds():
    reading = (Path(seeds.__file__).parent / "settings" / "problem_duties.csv").read_text("utf-8")
    texts = [*(text.words for text in TEXTS), folded(reading)]
    assert [(each.code, term) for each in WORDS for term in each.terms if not any(term in text for text in texts)] == []


#: Words as the documents print them, and a line of document 004 that has them; the damaged ones as they stand there.
PRINTED = {
    "施工揚塵": 219,
    "污水管網": 219,
    "露天燒烤": 221,
    "渣土車": 221,
    "醫療廢棄物": 221,
    "生活噪聲": 217,
    "煙花爆竹": 217,
    "秸稈禁燒": 201,
    "畜禽養殖": 201,
    "飲用水源": 201,
    "入河排污口": 231,
    "農村飲水": 231,
    "油氣回收": 244,
    "低硫煤": 213,
    "電磁輻射": 248,
    "環境糾紛": 252,
}


@pytest.mark.parametrize(("word", "line"), PRINTED.items())
def test_the_words_of_the_documents_are_found_in_both_scripts(word, line):
    assert line in lines(word)
    assert lines(word) == lines(folded(word))


def test_a_word_that_stands_nowhere_is_found_in_pieces_and_only_then():
    rows = [Text("防治施工工地扬尘", 1, 1), Text("施工图审查", 2, 2), Text("施工扬尘", 3, 3)]
    assert found("施工扬尘", rows) == [2]
    assert found("施工扬尘", rows[:2]) == [0]
    assert in_pieces("树叶焚烧", "监管垃圾、树叶、杂草焚烧") and not in_pieces("树叶焚烧", "焚烧树")


class Counted(str):
    """A text that is asked only so often what stands in it."""

    left = 5_000

    def __contains__(self, piece):
        self.left -= 1
        assert self.left, "asked too often"
        return super().__contains__(piece)


def test_a_long_word_whose_pieces_stand_in_a_row_in_many_ways_is_soon_looked_for():
    row = "焚烧" * 15
    assert not in_pieces(row + "龘靐", Counted(row))
    assert in_pieces(row * 2 + "焚烧", Counted(row))


def test_dust_is_not_in_industry():
    rows = [Text("guide industry and industries", 1, 1), Text("control dust", 2, 2), Text("road dusts", 3, 3)]
    assert found("dust", rows) == [1, 2] and found("dusts", rows) == [1, 2]
    assert found("Industry", rows) == [0]
    hits = found("dust", TEXTS)
    assert 5 < len(hits) < 40
    assert [
        DUTIES[at].code for at in hits if not {"dust", "dusts"} & set(re.findall("[a-z]+", DUTIES[at].en.lower()))
    ] == []


def test_every_word_has_to_be_found_and_a_number_is_a_line():
    assert lines("219 扬尘") == {219}
    assert found("扬尘 月球", TEXTS) == []
    assert found("line 219", TEXTS) == found("第219行", TEXTS) == found("219", TEXTS) != []
    assert found("black-odour", TEXTS) == found("black odour", TEXTS)


def test_the_damaged_characters_of_the_source_are_read_as_what_they_were():
    assert folded("施工工地?fù)P塵") == "施工工地扬尘" and folded("管理?xiàng)l例") == "管理条例"
    assert 219 in lines("工地?fù)P塵")


def sentences():
    """The everyday sentences, written from the source before any row of the reading."""
    with (Path(__file__).parent / "everyday.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_there_are_forty_sentences_in_two_languages():
    assert len(sentences()) == 40 and {row["language"] for row in sentences()} == {"zh", "en"}
