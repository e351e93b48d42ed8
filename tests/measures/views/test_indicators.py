"""The pages of 目標指標."""

import re

import pytest

from measures.models import Indicator
from tests.factories import MeasureFactory, PolicyFactory

pytestmark = pytest.mark.django_db
GIVEN = {"name": "相談件数", "unit": "件", "kind": "output", "trend": "up"}
VALUE = {"year": "2026", "actual": "130"}


@pytest.fixture
def measure(plan):
    return MeasureFactory(policy=PolicyFactory(goal__plan=plan), number=1, title="相談窓口")


@pytest.fixture
def indicator(measure):
    return Indicator.objects.create(measure=measure, code="K01", **GIVEN)


def said(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_one_is_added_changed_given_values_ended(measure, secretariat, client_of):
    client = client_of(secretariat)
    assert 'href="/staff/indicators/new/"' in client.get("/staff/indicators/").content.decode()
    page = client.post("/staff/indicators/new/", GIVEN | {"measure": measure.pk}, follow=True)
    row = Indicator.objects.get()
    here = f"/staff/indicators/{row.pk}/"
    assert ("「相談件数」を加えました。" in said(page), here in page.content.decode()) == (True, True)
    page = client.post(here, GIVEN | {"target": "200", "target_year": "2029"}, follow=True)
    assert "「相談件数」を保存しました。" in said(page)
    page = client.post(f"{here}values/", VALUE, follow=True)
    assert "令和8年度の値を保存しました。" in said(page)
    page = client.post(f"{here}end/", {"last_year": "2027", "why": "見直し"}, follow=True)
    assert "令和9年度を最後の年度にしました。" in said(page)
    page = client.post(f"{here}end/", {"last_year": "", "why": "見直し"}, follow=True)
    assert "続けることにしました。" in said(page)
    page = client.post(f"{here}remove/", follow=True)
    assert "年度ごとの値がある指標は、消せません。" in said(page)
    row.values.all().delete()
    page = client.post(f"{here}remove/", follow=True)
    assert ("「相談件数」を消しました。" in said(page), Indicator.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("path", "given", "sentence"),
    [
        ("", GIVEN | {"name": ""}, "指標：入力してください。"),
        ("", GIVEN | {"target": "200"}, "目標値と目標の年度は、両方書くか、両方空欄にしてください。"),
        ("values/", VALUE | {"reason": "なし"}, "実績値があるときは、「値がない理由」を空欄にしてください。"),
        ("values/", {"year": "2030"}, "年度"),
        ("end/", {"last_year": "2027"}, "理由"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(indicator, secretariat, client_of, path, given, sentence):
    page = client_of(secretariat).post(f"/staff/indicators/{indicator.pk}/{path}", given)
    ids = re.findall(r' id="([^"]+)"', page.content.decode())
    assert (page.status_code, sentence in said(page), "<title>エラー：" in page.content.decode()) == (422, True, True)
    assert sorted(ids) == sorted(set(ids))


def test_a_new_one_that_is_wrong_is_told(measure, secretariat, client_of):
    page = client_of(secretariat).post("/staff/indicators/new/", GIVEN | {"measure": measure.pk, "target": "5"})
    assert (page.status_code, Indicator.objects.count()) == (422, 0)


def test_what_the_plan_does_not_have_is_not_found(plan, secretariat, client_of):
    assert client_of(secretariat).get("/staff/indicators/99/").status_code == 404


@pytest.mark.parametrize("name", ["writer", "approver", "committee", "auditor", "sysadmin", "nobody"])
def test_only_the_secretariat_opens_them(request, indicator, client_of, name):
    client = client_of(request.getfixturevalue(name))
    here = f"/staff/indicators/{indicator.pk}/"
    found = [client.get(path).status_code for path in ("/staff/indicators/new/", here)]
    found += [client.post(f"{here}{path}").status_code for path in ("values/", "end/", "remove/")]
    assert found == [403] * 5


@pytest.mark.parametrize("rows", [1, 3])
def test_three_values_ask_as_much_as_one(indicator, secretariat, client_of, rows, django_assert_num_queries):
    for place in range(rows):
        indicator.values.create(year=2025 + place, actual=place)
    client = client_of(secretariat)
    client.get(f"/staff/indicators/{indicator.pk}/")
    with django_assert_num_queries(8):
        client.get(f"/staff/indicators/{indicator.pk}/")
