"""評価の基準 as a form."""

import pytest
from django.utils import timezone

from measures.models import Scale
from tests.factories import ScaleFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def scale(plan):
    return ScaleFactory(plan=plan, name="見直し案")


@pytest.fixture
def desk(client_of, secretariat):
    return client_of(secretariat)


def typed(page, **changes) -> dict:
    """What the page would send: each box as it stands, a tick only where there is one."""
    values = {"name": page.context["form"]["name"].value(), "seen": page.context["seen"]}
    for table in page.context["tables"]:
        values |= {bound.html_name: bound.value() for bound in table.management_form if bound.value() is not None}
        for bound in (bound for form in table for bound in form):
            value = bound.value()
            if value not in (None, False):
                values[bound.html_name] = "on" if value is True else getattr(value, "pk", value)
            elif hasattr(bound.field, "choices") and bound.name in ("mark", "tone"):
                values[bound.html_name] = bound.field.choices[0][0]  # a browser always sends one
    return values | changes


def letters(scale) -> list[tuple]:
    return list(scale.grades.values_list("code", "label", "definition"))


def test_saving_what_stands_changes_nothing(desk, scale):
    address = f"/staff/scales/{scale.pk}/"
    before = letters(scale)
    sent = desk.post(address, typed(desk.get(address)))
    assert (sent["Location"], letters(scale), scale.directions.count()) == (address, before, 3)


def test_a_definition_a_new_letter_and_the_order(desk, scale):
    address = f"/staff/scales/{scale.pk}/"
    changes = {
        "name": "令和9年度から",
        "grades-0-definition": "予定を大きく上回った",
        "grades-3-DELETE": "on",
        "grades-1-ORDER": "0",
        "grades-5-code": "Ｅ",
        "grades-5-label": "保留",
        "grades-5-short_label": "保留",
        "grades-5-mark": "mq",
        "grades-5-tone": "n",
        "grades-5-definition": "決めない",
        "directions-3-label": "移管",
    }
    page = desk.get(address)
    sent = desk.post(address, typed(page, **changes), follow=True)
    assert "「令和9年度から」を保存しました。" in sent.text
    assert letters(scale) == [
        ("B", "計画どおり", "定義"),
        ("A", "計画以上", "予定を大きく上回った"),
        ("C", "一部実施", "定義"),
        ("E", "保留", "決めない"),
        ("F", "完了", "定義"),
    ]
    assert list(scale.directions.values_list("label", flat=True)) == ["継続", "見直し", "完了", "移管"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"grades-0-label": ""}, "名称：入力してください。"),
        ({"grades-0-mark": "heart"}, "印："),
        ({"name": ""}, "名称：入力してください。"),
        ({"grades-0-definition": "長" * 121}, "定義："),
    ],
)
def test_what_is_missing_is_said(desk, scale, changes, words):
    address = f"/staff/scales/{scale.pk}/"
    before = letters(scale)
    page = desk.post(address, typed(desk.get(address), **changes))
    assert (page.status_code, words in page.text, letters(scale)) == (422, True, before)


def test_a_refused_change_keeps_what_was_typed(desk, scale, entry):
    fill(entry, "B")
    address = f"/staff/scales/{entry.cycle.scale_id}/"
    page = desk.post(address, typed(desk.get(address), **{"grades-1-code": "Z"}))
    assert page.status_code == 409
    assert "「B 計画どおり」は、もう評価に使われています。" in page.text
    assert 'value="Z"' in page.text


def test_a_published_scale_is_read_and_copied(desk, cycle):
    cycle.published_at = timezone.now()
    cycle.save()
    address = f"/staff/scales/{cycle.scale_id}/"
    page = desk.get(address)
    assert ("この基準は変えられません" in page.text, 'name="grades-0-code"' in page.text) == (True, False)
    refused = desk.post(address, {"name": "x"})
    assert (refused.status_code, Scale.objects.get().name) == (422, "標準")
    copied = desk.post(f"{address}copy/", {"name": "写し"})
    assert copied["Location"] == f"/staff/scales/{Scale.objects.get(name='写し').pk}/"
    assert 'name="grades-0-code"' in desk.get(copied["Location"]).text


def test_a_copy_needs_a_free_name(desk, scale):
    sent = desk.post(f"/staff/scales/{scale.pk}/copy/", {"name": "見直し案"}, follow=True)
    assert ("「見直し案」という基準が、もうあります。" in sent.text, Scale.objects.count()) == (True, 1)


def test_an_unused_scale_is_deleted(desk, scale, cycle):
    sent = desk.post(f"/staff/scales/{scale.pk}/delete/", follow=True)
    assert "「見直し案」を消しました。" in sent.text
    sent = desk.post(f"/staff/scales/{cycle.scale_id}/delete/", follow=True)
    assert ("最後の1つの基準は、消せません。" in sent.text, Scale.objects.count()) == (True, 1)


def test_the_auditor_reads_and_departments_do_not(client_of, auditor, writer, scale):
    page = client_of(auditor).get("/staff/scales/")
    assert ("定義" in page.text, f'href="/staff/scales/{scale.pk}/"' in page.text) == (True, False)
    for person in (auditor, writer):
        for address in ("", "copy/", "delete/"):
            assert client_of(person).post(f"/staff/scales/{scale.pk}/{address}").status_code == 403
    assert client_of(writer).get("/staff/scales/").status_code == 403


def test_without_a_plan(client_of, secretariat):
    assert client_of(secretariat).get("/staff/scales/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_few_questions(desk, plan, rows, django_assert_num_queries):
    for place in range(rows):
        ScaleFactory(plan=plan, name=f"基準{place}")
    with django_assert_num_queries(8):
        assert len(desk.get("/staff/scales/").context["scales"]) == rows


# ---- two people at once --------------------------------------------------------
@pytest.fixture
def two(desk, scale):
    """The page of one person, and what a browser sends after another saved `changes` in between."""
    address = f"/staff/scales/{scale.pk}/"

    def answer(theirs: dict, mine: dict):
        opened = desk.get(address)
        desk.post(address, typed(opened, **theirs))
        return desk.post(address, typed(opened, **mine))

    return answer


def test_what_both_changed_stands_side_by_side(two, desk, scale):
    page = two(
        {"grades-0-definition": "大きく上回った", "grades-1-definition": "予定どおり", "name": "見直し案2"},
        {"grades-0-definition": "期待以上", "grades-2-is_rated": "on", "grades-2-label": "一部のみ"},
    )
    assert page.status_code == 409
    merged = page.context["merged"]
    assert merged.clashes == {"計画以上　定義": ("大きく上回った", "期待以上")}
    assert merged.taken == ["名称", "計画どおり　定義"]
    assert letters(scale)[2] == ("C", "一部実施", "定義")

    sent = desk.post(f"/staff/scales/{scale.pk}/", typed(page))
    assert sent.status_code == 302
    scale.refresh_from_db()
    assert (scale.name, letters(scale)[:3]) == (
        "見直し案2",
        [("A", "計画以上", "期待以上"), ("B", "計画どおり", "予定どおり"), ("C", "一部のみ", "定義")],
    )


def test_rows_that_came_and_went(two, desk, scale):
    added = {"code": "E", "label": "保留", "short_label": "保留", "definition": "決めない", "mark": "mq", "tone": "n"}
    page = two(
        {"grades-3-DELETE": "on", "grades-2-DELETE": "on"}
        | {f"grades-5-{name}": value for name, value in added.items()},
        {"grades-3-label": "未着手", "grades-1-ORDER": "1", "grades-0-ORDER": "2", "directions-3-label": "移管"},
    )
    merged = page.context["merged"]
    assert merged.taken == ["保留の追加", "一部実施の削除"]
    typed_there = "D、未着手、未実施、チェック、赤の網、定義、はい、はい"
    assert merged.clashes == {"未着手": ("（この行は、消されました）", typed_there)}

    assert desk.post(f"/staff/scales/{scale.pk}/", typed(page)).status_code == 302
    assert [code for code, *_ in letters(scale)] == ["B", "A", "E", "D", "F"]
    assert list(scale.directions.values_list("label", flat=True)) == ["継続", "見直し", "完了", "移管"]


@pytest.mark.parametrize(
    "seen", ["", "x", "[]", '{"grades": 1}', '{"name": "x"}', '{"grades": {"1": 2}, "directions": {}}']
)
def test_a_page_that_does_not_say_what_it_showed_is_shown_again(desk, scale, seen):
    address = f"/staff/scales/{scale.pk}/"
    page = desk.post(address, typed(desk.get(address), seen=seen, name="別の名"))
    assert (page.status_code, page.context["merged"].clashes) == (409, {"名称": ("見直し案", "別の名")})
