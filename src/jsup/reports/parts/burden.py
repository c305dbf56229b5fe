"""The three kinds of problem that the plan fights, and what visits cost enterprises. Source: 一 工作目标."""

from typing import Final

from jsup.periods import Span
from jsup.reports.asked import Asked, Counts
from jsup.reports.queries import PROBLEMS, TREND
from jsup.reports.report import CODE, COUNT, RATE, Cell, Chart, Column, Figure, Rate, Section, shown
from jsup.watch.rules import all_rules

_DISTINCT: Final = "COUNT(DISTINCT enterprise_code)"
_PER: Final = "每百户"


def section(asked: Asked) -> Section:
    """Gather the section."""
    counts = {key: asked.count(key) for key in PROBLEMS}
    visited = asked.count("enterprises", of=_DISTINCT)
    problems = _problems(asked, counts)
    said = "、".join(f"{row[0]}{row[1]}起（{_PER}{row[2]}起，上期{row[4]}起）" for row in problems.rows)
    return Section(
        "burden", "三类突出问题和企业负担", "一",
        f"{asked.span.title}入企检查企业{asked.total('enterprises', of=_DISTINCT)}户。{said}。",
        [
            problems, _by_agency(asked, counts, visited), _trend(asked), _saved(asked), *_ratings(asked),
            _most_visited(asked),
        ],
    )  # fmt: skip


def _problems(asked: Asked, counts: dict[str, Counts]) -> Figure:
    wholes = asked.beside("enterprises", of=_DISTINCT)
    before = {key: asked.total(key, asked.span.before) for key in PROBLEMS}
    verified = {key: asked.total(key, where="state = 'verified'") for key in PROBLEMS}
    rows: list[tuple[Cell, ...]] = [
        (title, (number := sum(counts[key].values())), Rate(number, wholes[0]), before[key], Rate(before[key], wholes[1]),
         verified[key])
        for key, title in PROBLEMS.items()
    ]  # fmt: skip
    columns = (
        Column("问题"), Column("本期起数", COUNT), Column(f"本期{_PER}", RATE), Column("上期起数", COUNT),
        Column(f"上期{_PER}", RATE), Column("本期已核实", COUNT),
    )  # fmt: skip
    known = all_rules()
    rules = "、".join(known[rule].title for rule in asked.own["report"]["arbitrary"] if rule in known)
    note = (
        f"起数为按月扫描检查资料发现、未被排除的异常情况；{_PER}为每百户入企检查企业的起数（本期{wholes[0]}户，上期{wholes[1]}户，"
        f"非现场检查不计）。随意查由本局设定为：{rules}。"
    )
    return Figure("problems", "三类突出问题", columns, rows, note=note)


def _by_agency(asked: Asked, counts: dict[str, Counts], visited: Counts) -> Figure:
    codes = sorted({code for one in (*counts.values(), visited) for code in one})
    rows: list[tuple[Cell, ...]] = []
    for code in codes:
        whole = visited.get(code, 0)
        numbers = [counts[key].get(code, 0) for key in PROBLEMS]
        rows.append((code, asked.agencies.get(code, code), whole, *(cell for one in numbers for cell in (one, Rate(one, whole)))))
    columns = (
        Column("单位代码", CODE), Column("单位"), Column("入企检查企业", COUNT),
        *(column for title in PROBLEMS.values() for column in (Column(title, COUNT), Column(f"{title}{_PER}", RATE))),
    )  # fmt: skip
    whole, sums = asked.total("enterprises", of=_DISTINCT), [sum(counts[key].values()) for key in PROBLEMS]
    total = ("", "合计", whole, *(cell for one in sums for cell in (one, Rate(one, whole))))
    note = "一户企业被几个单位检查的，在各单位各计一户，合计只计一户。"
    chart = Chart("bars", 1, (4, 6, 8), "起/百户")
    return Figure("problems-by-agency", "三类突出问题（按单位）", columns, rows, total, note, chart)


def _trend(asked: Asked) -> Figure:
    spans = asked.span.quarters(asked.own["report"]["quarters"])
    rows = [(span.key, *_rates(asked, span)) for span in spans]
    columns = (
        Column("季度", CODE),
        Column("入企检查企业", COUNT),
        *(Column(f"{title}{_PER}", RATE) for title in PROBLEMS.values()),
    )
    note = "当季未结束的，按至今的数计算。"
    chart = Chart("lines", 0, (2, 3, 4), "起/百户")
    return Figure(TREND, f"三类突出问题趋势（{len(spans)}个季度）", columns, rows, note=note, chart=chart)


def _rates(asked: Asked, span: Span) -> tuple[Cell, ...]:
    whole = asked.total("enterprises", span, of=_DISTINCT)
    return (whole, *(Rate(asked.total(key, span), whole) for key in PROBLEMS))


def _saved(asked: Asked) -> Figure:
    rows: list[tuple[Cell, ...]] = [
        (title, *asked.beside(key, of="SUM(saved)")) for key, title in
        (("joint-saved", "跨部门联合检查减少的入企次数"), ("merge-saved", "合并检查计划（综合查一次）减少的入企次数"))
    ]  # fmt: skip
    note = "联合检查以同一联合检查编号、同一企业、同一日的单位数减一计；合并计划以合并前后的次数之差计，两者可能重合，不相加。"
    return Figure(
        "saved", "减少的入企次数", (Column("方式"), Column("本期", COUNT), Column("上期", COUNT)), rows, note=note,
    )  # fmt: skip


def _ratings(asked: Asked) -> list[Figure]:
    now, before = asked.count("rated", "rating"), asked.count("rated", "rating", asked.span.before)
    visits = asked.beside("onsite")
    words = sorted({*now, *before}, key=lambda word: (-now.get(word, 0), word))
    sums = sum(now.values()), sum(before.values())
    rows: list[tuple[Cell, ...]] = [
        (word, now.get(word, 0), Rate(now.get(word, 0), sums[0]), before.get(word, 0), Rate(before.get(word, 0), sums[1]))
        for word in words
    ]
    columns = (Column("评价"), Column("本期", COUNT), Column("占比%", RATE), Column("上期", COUNT), Column("上期占比%", RATE))
    total = ("已评价", sums[0], Rate(sums[0], visits[0]), sums[1], Rate(sums[1], visits[1]))
    note = "末行为已评价的次数占全部入企检查记录的比例；评价为企业扫码所作，原文照录。"
    by_agency = asked.count("rated", "agency_code, rating")
    wholes = asked.count("onsite")
    few = words[:6]
    own: list[tuple[Cell, ...]] = []
    for code in sorted({code for code, _word in by_agency}):
        numbers = [by_agency.get((code, word), 0) for word in words]
        own.append((code, asked.agencies.get(code, code), sum(numbers), Rate(sum(numbers), wholes.get(code, 0)), *numbers[:6]))
    columns_too = (Column("单位代码", CODE), Column("单位"), Column("已评价", COUNT), Column("评价率%", RATE))
    return [
        Figure("ratings", "企业扫码评价", columns, rows, total, note),
        Figure(
            "ratings-by-agency", "企业扫码评价（按单位）", (*columns_too, *(Column(word, COUNT) for word in few)), own,
            note="评价用语多于六种的，列次数最多的六种。" if words[6:] else "",
        ),
    ]  # fmt: skip


def _most_visited(asked: Asked) -> Figure:
    most = asked.own["report"]["most_visited"]
    found = asked.rows(
        "SELECT enterprise_code, MAX(enterprise) AS enterprise, COUNT(*) AS visits, COUNT(DISTINCT agency_code) AS agencies,"
        f" SUM(CASE WHEN joint <> '' THEN 1 ELSE 0 END) AS together FROM ({asked.queries['visits'].sql}) q"
        " GROUP BY enterprise_code ORDER BY COUNT(*) DESC, enterprise_code LIMIT :most",
        most=most,
    )
    rows: list[tuple[Cell, ...]] = [
        (place, row["enterprise_code"], shown(row["enterprise"]), int(row["visits"]), int(row["agencies"]), int(row["together"]))
        for place, row in enumerate(found, 1)
    ]
    columns = (
        Column("序", COUNT), Column("统一社会信用代码", CODE), Column("企业"), Column("入企次数", COUNT),
        Column("检查单位", COUNT),
        Column("其中联合检查", COUNT),
    )  # fmt: skip
    note = "同一单位同一日对同一企业的检查为一次；次数相同的按代码排列。"
    return Figure("most-visited", f"入企检查次数最多的{most}户企业", columns, rows, note=note)
