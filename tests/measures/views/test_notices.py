"""The board of notices, read by departments and kept by the secretariat."""

import datetime

import pytest
from django.utils import timezone

from measures import actions
from measures.models import Notice

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def put_up(by, title="書き方", **changes) -> Notice:
    values = {"text": "数で書いてください。", "from_on": TODAY, "to_on": None}
    return actions.save_notice(title=title, by=by, **values | changes)


def typed(**changes) -> dict:
    return {"title": "締切の延長", "text": "一週間延ばします。", "from_on": f"{TODAY}", "to_on": "", **changes}


def test_the_secretariat_writes_and_departments_read(client_of, secretariat, writer, cycle):
    sent = client_of(secretariat).post("/staff/notices/", typed(), follow=True)
    assert sent.redirect_chain == [("/staff/notices/", 302)]
    assert "「締切の延長」を掲載しました。" in sent.text
    (notice,) = Notice.objects.all()
    assert (notice.title, notice.from_on, notice.to_on, notice.by) == ("締切の延長", TODAY, None, secretariat)
    assert "一週間延ばします。" in client_of(writer).get("/staff/notices/").text
    assert f'<a href="/staff/notices/#notice-{notice.pk}">締切の延長</a>' in client_of(writer).get("/staff/").text


def test_departments_see_only_what_hangs_now_and_no_form(client_of, secretariat, writer):
    put_up(secretariat, "前の年", from_on=TODAY - datetime.timedelta(9), to_on=TODAY - datetime.timedelta(1))
    put_up(secretariat, "いまの", from_on=TODAY)
    page = client_of(writer).get("/staff/notices/")
    assert [row.title for row in page.context["notices"]] == ["いまの"]
    assert "<textarea" not in page.text
    kept = client_of(secretariat).get("/staff/notices/")
    assert [(row.title, row.stands) for row in kept.context["notices"]] == [
        ("いまの", "掲載中"),
        ("前の年", "掲載終了"),
    ]


def test_a_notice_is_reworded(client_of, secretariat):
    notice = put_up(secretariat)
    browser = client_of(secretariat)
    assert 'value="書き方"' in browser.get(f"/staff/notices/{notice.pk}/").text
    sent = browser.post(f"/staff/notices/{notice.pk}/", typed(title="直した"), follow=True)
    assert "「直した」を直しました。" in sent.text
    assert [row.title for row in Notice.objects.all()] == ["直した"]


def test_a_notice_is_taken_down_once(client_of, secretariat):
    notice = put_up(secretariat)
    browser = client_of(secretariat)
    assert "「書き方」を取り下げました。" in browser.post(f"/staff/notices/{notice.pk}/remove/", follow=True).text
    assert browser.post(f"/staff/notices/{notice.pk}/remove/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "入力してください"),
        ({"from_on": "いつか"}, "日付"),
        ({"to_on": "2000-01-01"}, "掲載を終える日は、始める日より後の日にしてください。"),
    ],
)
def test_what_cannot_be_put_up_is_told(client_of, secretariat, changes, sentence):
    sent = client_of(secretariat).post("/staff/notices/", typed(**changes))
    assert sent.status_code == 422
    assert sentence in "".join(error for errors in sent.context["form"].errors.values() for error in errors)
    assert Notice.objects.count() == 0


def test_departments_write_no_notices(client_of, writer, secretariat):
    notice = put_up(secretariat)
    browser = client_of(writer)
    sent = browser.post("/staff/notices/", typed())
    assert (sent.status_code, sent.context["form"].non_field_errors()) == (
        422,
        ["お知らせを書けるのは、事務局だけです。"],
    )
    assert browser.post(f"/staff/notices/{notice.pk}/", typed()).status_code == 403
    assert browser.post(f"/staff/notices/{notice.pk}/remove/").status_code == 403
    assert [row.title for row in Notice.objects.all()] == ["書き方"]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_board(client_of, secretariat, django_assert_num_queries, rows):
    for number in range(rows):
        put_up(secretariat, f"その{number}")
    browser = client_of(secretariat)
    browser.get("/staff/notices/")
    with django_assert_num_queries(5):
        browser.get("/staff/notices/")
