"""評価の基準: copied, changed, and held fast once a year was published by it."""

import pytest
from django.utils import timezone

from measures import actions
from measures.actions import Refused
from measures.actions.scales import scale_mark
from measures.models import Direction, Grade, Scale
from plans.actions import Conflict
from tests.factories import ScaleFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def scale(plan):
    return ScaleFactory(plan=plan, name="見直し案")


def rows(scale) -> list:
    return [*scale.grades.all(), *scale.directions.all()]


def letters(scale) -> list[tuple]:
    return list(scale.grades.values_list("code", "label", "position"))


def save(scale, by, changed=None, **values):
    given = {"name": scale.name, "rows": changed if changed is not None else rows(scale), "seen": scale_mark(scale)}
    return actions.save_scale(**{"scale": scale, "by": by, **given, **values})


def test_a_copy_has_the_same_letters_and_is_its_own(scale, secretariat):
    copy = actions.copy_scale(scale=scale, name=" 令和9年度から ", by=secretariat)
    assert (copy.name, letters(copy)) == ("令和9年度から", letters(scale))
    assert list(copy.directions.values_list("code", "needs_improvement", "ends_action")) == list(
        scale.directions.values_list("code", "needs_improvement", "ends_action")
    )
    assert set(copy.grades.all()) & set(scale.grades.all()) == set()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (" ", "基準の名称を入れてください。"),
        ("長" * 61, "基準の名称は60字までです。"),
        ("見直し案", "「見直し案」という基準が、もうあります。"),
    ],
)
def test_names_a_scale_cannot_have(scale, secretariat, name, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        actions.copy_scale(scale=scale, name=name, by=secretariat)
    other = ScaleFactory(plan=scale.plan, name="もう1つ")
    with pytest.raises(Refused, match=f"^{sentence}$"):
        save(other, secretariat, name=name)
    assert Scale.objects.count() == 2


def test_words_and_order_change(scale, secretariat):
    changed = rows(scale)
    changed[0].label, changed[0].definition = "期待以上", "予定を大きく上回った"
    changed[0], changed[1] = changed[1], changed[0]
    save(scale, secretariat, changed, name="新しい名前")
    scale.refresh_from_db()
    assert scale.name == "新しい名前"
    assert letters(scale)[:2] == [("B", "計画どおり", 1), ("A", "期待以上", 2)]
    assert scale.grades.get(code="A").history.count() == 2


def test_what_is_not_rated_stands_last(scale, secretariat):
    changed = rows(scale)
    changed[1].is_rated = False
    save(scale, secretariat, changed)
    assert [code for code, *_ in letters(scale)] == ["A", "C", "D", "B", "F"]


def test_letters_are_added_taken_out_and_change_places(scale, secretariat):
    a, b, c, d, f, *directions = rows(scale)
    a.code, b.code = "B", "A"
    new = Grade(code="E", label="保留", short_label="保留", mark="mq", definition="決めない", is_rated=True)
    save(scale, secretariat, [a, b, c, new, f, *directions], dropped=[d])
    assert letters(scale) == [
        ("B", "計画以上", 1),
        ("A", "計画どおり", 2),
        ("C", "一部実施", 3),
        ("E", "保留", 4),
        ("F", "完了", 5),
    ]


def test_new_directions_get_codes_of_their_own(scale, secretariat):
    save(scale, secretariat, [*rows(scale), Direction(label="移管"), Direction(label="休止")])
    save(scale, secretariat, [*rows(scale), Direction(label="委託")])
    assert list(scale.directions.values_list("code", "label"))[3:] == [
        ("added-1", "移管"),
        ("added-2", "休止"),
        ("added-3", "委託"),
    ]


def test_a_letter_in_use_neither_goes_nor_changes(entry, secretariat):
    scale = entry.cycle.scale
    fill(entry, "B", "continue")
    sentence = "^「{}」は、もう評価に使われています。記号を変えたり、消したりはできません。$"
    _, b, *_ = rows(scale)
    for change in ({"dropped": [b], "rows": [row for row in rows(scale) if row != b]}, {}):
        changed = rows(scale)
        changed[1].code = "E"
        with pytest.raises(Refused, match=sentence.format("B 計画どおり")):
            save(scale, secretariat, **{"rows": changed, **change})
    direction = scale.directions.get(code="continue")
    with pytest.raises(Refused, match=sentence.format("継続")):
        save(scale, secretariat, [row for row in rows(scale) if row != direction], dropped=[direction])
    assert letters(scale)[1] == ("B", "計画どおり", 2)


def test_a_scale_in_use_may_still_say_things_better(entry, secretariat):
    fill(entry)
    changed = rows(entry.cycle.scale)
    changed[1].definition = "予定した内容を実施した"
    save(entry.cycle.scale, secretariat, changed)
    entry.refresh_from_db()
    assert entry.rating.definition == "予定した内容を実施した"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda rows: [*rows, Grade(code="A", label="二つ目")], "達成度に、同じ記号（A）が2つあります。"),
        (lambda rows: [row for row in rows if isinstance(row, Direction)], "達成度が1つもありません。"),
        (lambda rows: [row for row in rows if isinstance(row, Grade)], "今後の方向性が1つもありません。"),
        (
            lambda rows: [row for row in rows if isinstance(row, Direction) or not row.is_rated],
            "「評価の対象」の達成度が1つもありません。",
        ),
    ],
)
def test_scales_nobody_could_answer_with(scale, secretariat, spoil, sentence):
    with pytest.raises(Refused, match=f"^{sentence}$"):
        save(scale, secretariat, spoil(rows(scale)))
    assert len(letters(scale)) == 5


def test_what_a_year_was_published_by_is_only_copied(cycle, secretariat):
    scale = cycle.scale
    cycle.published_at = timezone.now()
    cycle.save()
    sentence = f"^{cycle}を公表したときの基準です。変えるときは、写しを作ってください。$"
    with pytest.raises(Refused, match=sentence):
        save(scale, secretariat)
    with pytest.raises(Refused, match=sentence):
        actions.delete_scale(scale=scale, by=secretariat)
    assert actions.copy_scale(scale=scale, name="写し", by=secretariat).grades.count() == 5


def test_an_unused_scale_can_go(scale, cycle, secretariat):
    with pytest.raises(Refused, match="^「標準」は、年度の評価で使っています。消せません。$"):
        actions.delete_scale(scale=cycle.scale, by=secretariat)
    actions.delete_scale(scale=scale, by=secretariat)
    assert list(Scale.objects.all()) == [cycle.scale]


def test_the_last_scale_stays(scale, secretariat):
    with pytest.raises(Refused, match="^最後の1つの基準は、消せません。$"):
        actions.delete_scale(scale=scale, by=secretariat)


def test_others_keep_their_hands_off(scale, writer):
    for attempt in (
        lambda: actions.copy_scale(scale=scale, name="写し", by=writer),
        lambda: save(scale, writer),
        lambda: actions.delete_scale(scale=scale, by=writer),
    ):
        with pytest.raises(Refused, match="^年度の進行と割当ては、事務局だけが行えます。$"):
            attempt()


def test_a_scale_somebody_changed_since_is_not_written_over(scale, secretariat):
    seen, mine = scale_mark(scale), rows(scale)
    theirs = rows(scale)
    theirs[0].definition = "予定を大きく上回った"
    save(scale, secretariat, theirs)
    mine[1].definition = "予定どおりに行った"
    with pytest.raises(Conflict):
        save(scale, secretariat, mine, seen=seen)
    assert list(scale.grades.values_list("definition", flat=True)) == ["予定を大きく上回った", *["定義"] * 4]


@pytest.mark.parametrize("change", ["name", "order", "row"])
def test_the_mark_tells_every_change(scale, secretariat, change):
    seen, changed = scale_mark(scale), rows(scale)
    if change == "order":
        changed[0], changed[1] = changed[1], changed[0]
    if change == "row":
        changed.append(Direction(label="移管"))
    saved = save(scale, secretariat, changed, name="別の名" if change == "name" else scale.name)
    assert scale_mark(saved) != seen
