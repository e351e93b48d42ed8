"""One chart of each kind for the gallery, on made-up numbers marked 【サンプル】."""

from mine_welfare.toolkit.chart import (
    Bars,
    Chart,
    GroupedBars,
    HeatMap,
    Lines,
    Multiples,
    RankedBars,
    Series,
    Stacked,
    Value,
    values,
)

SOURCE = "見本の調査【サンプル】"
PARTS = ("よく知っている", "知っている", "聞いたことがある", "知らない", "わからない", "その他")
WINDOWS = ("相談窓口", "見守り活動", "福祉サービス")
YEARS = ("令和2年", "令和3年", "令和4年", "令和5年", "令和6年")
LETTERS = {"A": ("a", "ma", "計画以上"), "B": ("b", "mb", "計画どおり"), "C": ("c", "mc", "一部実施")}


def _letter(code: str) -> Value:
    if code not in LETTERS:
        return Value(said="これから")
    tone, icon, said = LETTERS[code]
    return Value(words=code, tone=tone, icon=icon, said=said, href="#g-figure")


def _stacked() -> Stacked:
    shares = (
        (30.1, 25.0, 12.2, 18.9, 6.0, 5.3, 2.5),
        (12.4, 31.0, 22.2, 20.0, 7.1, 4.8, 2.5),
        (8.0, 20.4, 30.6, 41.0, 0, 0, 0),
    )
    parts = [Series(label, values(row[place] for row in shares)) for place, label in enumerate(PARTS)]
    parts.append(Series("無回答", values(row[6] for row in shares), tone="0"))
    return Stacked(
        title="見本のことを知っていますか（項目ごとに1つ選択）",
        labels=WINDOWS,
        series=parts,
        bases=(663, 663, 28),
        source=SOURCE,
    )


def sample_charts() -> list[Chart]:
    """Every kind, with a gap where the kind can have one."""
    now, then = Series("今回", values((48.3, 26.4, 20.4))), Series("前回", values((52.1, 24.0, None)), tone="2")
    ranked = Series("割合", (Value(20.4), Value(48.3), Value(26.4, mark="※"), Value(), Value(4.9)))
    women = Series("女性", values((3200, 3150, None, 3010, 2950)))
    men = Series("男性", values((2900, 2880, 2850, None, 2700)))
    more = [
        Series(f"見本{place}", values((place * 900, None, place * 880, place * 860, place * 870)))
        for place in (1, 2, 3, 4)
    ]
    small = [
        Bars(title=area, labels=("参加している", "参加していない"), series=(Series("割合", values(numbers)),))
        for area, numbers in (("見本地区", (61.0, 39.0)), ("例示地区", (44.2, 55.8)))
    ]
    heat = [
        Series(f"見本の施策{place}", [_letter(code) for code in row], group="基本目標の見本")
        for place, row in ((1, "BBA"), (2, "CB-"))
    ]
    warm = [
        Series(area, values(row))
        for area, row in (
            ("見本地区", (12.5, 48.0, 91.3)),
            ("例示地区", (33.3, None, 70.1)),
            ("参考地区", (25.0, 66.6, 80.0)),
        )
    ]
    return [
        RankedBars(
            title="見本の相談先（複数回答）",
            labels=("友人", "家族", "医師", "職場", "無回答"),
            last=("無回答",),
            series=(ranked,),
            n=663,
            source=SOURCE,
            notes=("※ 合計から計算した値です。",),
        ),
        GroupedBars(
            title="今回と前回の見本",
            labels=("参加している", "以前は参加していた", "参加したことがない"),
            series=(now, then),
            source=SOURCE,
        ),
        _stacked(),
        Lines(title="見本の人数", labels=YEARS, series=(women, men), unit="人", source=SOURCE),
        Lines(title="4つの見本の人数", labels=YEARS, series=more, unit="人", source=SOURCE),
        HeatMap(
            title="施策と年度の見本",
            corner="施策",
            labels=("令和7", "令和8", "令和9"),
            series=heat,
            unit="",
            source=SOURCE,
        ),
        HeatMap(title="地区と年代の見本", corner="地区", labels=("30代", "50代", "70代"), series=warm, source=SOURCE),
        Multiples(
            title="地区ごとの見本",
            charts=small,
            source=SOURCE,
            reading="参加している人の割合は、見本地区で高くなっています。",
        ),
    ]
