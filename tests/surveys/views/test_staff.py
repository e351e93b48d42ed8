"""Staff pages of surveys and statistics: who opens them, what they do."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook

from surveys import actions
from surveys.models import AnswerSet, Point, Series, Survey, Upload
from tests.personas import PERSONAS
from tests.surveys.conftest import make_question, make_survey, share

READERS = ("secretariat", "auditor")
NEW = {
    "title": "次の調査", "slug": "r11", "year": "2029", "target": "市民", "period": "令和11年12月",
    "starts_on": "2029-12-01", "ends_on": "2029-12-28", "distribution": "郵送", "collection": "郵送", "sent": "1000",
    "returned": "447", "hide_below": "3", "base_hidden_below": "10", "base_reference_below": "30",
}  # fmt: skip


def body(response) -> str:
    return response.content.decode()


def errors_of(response) -> list[str]:
    return [error for errors in response.context["form"].errors.values() for error in errors]


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def desk(client_of, secretariat):
    return client_of(secretariat)


@pytest.fixture
def counted(survey, question, answered):
    make_question(survey, "q7", "text", labels=())
    make_question(survey, "age", labels=("若い", "高齢"), is_attribute=True, theme="年齢")
    text = "q1,q7,age\n" + "1,困っています,1\n" * 25 + "2,,2\n" * 15
    return answered(text)


# ---- who ------------------------------------------------------------------------
def pages(survey, series, upload) -> dict[str, tuple]:
    """Address → (who may, method)."""
    slug = survey.slug
    return {
        reverse("staff:surveys"): (READERS, "get"),
        reverse("staff:survey", args=(slug,)): (READERS, "get"),
        reverse("staff:survey-tables", args=(slug,)): (READERS, "get"),
        reverse("staff:survey-tables-file", args=(slug, "csv")): (READERS, "get"),
        reverse("staff:survey-texts", args=(slug, "q7")): (READERS, "get"),
        reverse("staff:survey-sample", args=(slug, "tallies", "csv")): (READERS, "get"),
        reverse("staff:statistics"): (READERS, "get"),
        reverse("staff:statistics-sample", args=("xlsx",)): (READERS, "get"),
        reverse("staff:survey-new"): (("secretariat",), "get"),
        reverse("staff:survey-edit", args=(slug,)): (("secretariat",), "get"),
        reverse("staff:series", args=(series.code,)): (("secretariat",), "get"),
        reverse("staff:survey-upload", args=(upload.pk,)): (("secretariat",), "get"),
        reverse("staff:survey-send", args=(slug, "tallies")): (("secretariat",), "post"),
        reverse("staff:statistics-send"): (("secretariat",), "post"),
        reverse("staff:survey-counts-keep", args=(slug,)): (("secretariat",), "post"),
        reverse("staff:point-delete", args=(series.points.get().pk,)): (("secretariat",), "post"),
        reverse("staff:survey-answers-delete", args=(slug,)): (("secretariat",), "post"),
    }


@pytest.mark.parametrize("persona", PERSONAS)
def test_each_page_is_open_to_those_it_is_for(request, client_of, counted, series, send, persona):
    upload = send("statistics", "識別名,年,値,単位\nbirths,2024,58,人\n")
    client = client_of(request.getfixturevalue(persona))

    for url, (who, method) in pages(counted, series, upload).items():
        status = getattr(client, method)(url).status_code
        expected = (302 if method == "post" else 200) if persona in who else 403
        assert (url, status) == (url, expected)


# ---- the list and the registration -------------------------------------------------
def test_the_list_shows_every_survey_and_where_it_stands(desk, counted, plan):
    make_survey(plan, "r11", year=2029, title="次の調査", is_public=False)

    text = body(desk.get(reverse("staff:surveys")))

    assert re.findall(r'<a href="/staff/surveys/(r\d+)/">([^<]+)</a>', text) == [
        ("r11", "次の調査"), ("r6", "地域福祉の調査"),
    ]  # fmt: skip
    assert re.findall(r"vis--(public|inside)", text) == ["inside", "public"]
    assert re.findall(r'data-l="回答データ">(\w+)', text) == ["なし", "40件"]


def test_a_survey_is_registered_and_stays_inside_until_it_is_made_public(desk, plan):
    version = plan.version

    response = desk.post(reverse("staff:survey-new"), NEW, follow=True)

    survey = Survey.objects.get()
    plan.refresh_from_db()
    assert (survey.slug, str(survey.response_rate), survey.is_public, survey.plan) == ("r11", "44.7", False, plan)
    assert (response.redirect_chain[-1][0], said(response)) == (
        "/staff/surveys/r11/", ["「次の調査」を登録しました。"],
    )  # fmt: skip
    assert plan.version == version + 1


def test_a_survey_is_changed_but_its_address_is_not(desk, survey):
    assert 'name="slug"' not in body(desk.get(reverse("staff:survey-edit", args=("r6",))))

    desk.post(reverse("staff:survey-edit", args=("r6",)), NEW | {"is_public": "on"})

    survey.refresh_from_db()
    assert (survey.slug, survey.title, survey.is_public) == ("r6", "次の調査", True)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"returned": "1001"}, "回収数が配布数より多くなっています。"),
        ({"sent": "0", "returned": "0"}, "配布数は1以上で書いてください。"),
        ({"ends_on": "2029-11-30"}, "調査の終了日が開始日より前になっています。"),
        ({"base_hidden_below": "31"}, "「参考」とする人数は、表示しない人数以上にしてください。"),
        ({"slug": "r6"}, "この識別名は、ほかの調査で使っています。"),
        ({"slug": "new"}, "「new」は、識別名に使えません。"),
    ],
)
def test_a_registration_that_cannot_be_is_told_at_its_field(desk, survey, wrong, sentence):
    response = desk.post(reverse("staff:survey-new"), NEW | wrong)

    assert (response.status_code, Survey.objects.count()) == (422, 1)
    assert errors_of(response) == [sentence]


# ---- one survey -------------------------------------------------------------------
def test_a_survey_says_how_much_of_each_question_is_known(desk, survey, question):
    share(question, "暮らしやすい", 60)

    lines = desk.get(reverse("staff:survey", args=("r6",))).context["overview"]

    assert [(line.question, line.choices, line.known, line.has_answers, line.key) for line in lines] == [
        (question, 2, 1, False, "q1")
    ]


def test_a_matrix_is_known_by_item_and_choice(desk, survey):
    matrix = make_question(survey, "q3", "matrix")
    items = [matrix.items.create(number=number, label=f"項目{number}") for number in (2, 5)]
    share(matrix, "暮らしやすい", 60, item=items[0])

    [line] = desk.get(reverse("staff:survey", args=("r6",))).context["overview"]

    assert (line.choices, line.known, line.key) == (4, 1, "q3_2")


def test_counts_are_kept_and_answers_deleted(desk, counted):
    url = reverse("staff:survey-counts-keep", args=("r6",))
    assert said(desk.post(url, follow=True)) == ["集計値を6件、保存しました。計画書に書かれた値は変えていません。"]

    url = reverse("staff:survey-answers-delete", args=("r6",))
    assert said(desk.post(url, follow=True)) == ["回答データを削除しました。保存した集計値は残っています。"]
    assert said(desk.post(url, follow=True)) == ["回答データは、もうありません。"]
    assert said(desk.post(reverse("staff:survey-counts-keep", args=("r6",)), follow=True)) == [
        "回答データがありません。"
    ]


def test_free_texts_are_read_inside(desk, counted):
    assert body(desk.get(reverse("staff:survey-texts", args=("r6", "q7")))).count("困っています") == 25
    assert desk.get(reverse("staff:survey-texts", args=("r6", "q1"))).status_code == 404


def test_without_answers_there_are_no_texts(desk, survey):
    make_question(survey, "q7", "text", labels=())

    assert "自由記述はありません" in body(desk.get(reverse("staff:survey-texts", args=("r6", "q7"))))


# ---- tables -----------------------------------------------------------------------
def test_a_table_is_its_address(desk, counted):
    url = reverse("staff:survey-tables", args=("r6",))

    response = desk.get(f"{url}?q=q1&by=age&where=age:1&where=")

    context = response.context
    assert (context["key"], context["by"], context["filtered"]) == ("q1", "age", 25)
    assert [(row.label, row.base) for row in context["table"].rows] == [("全体", 25), ("若い", 25), ("高齢", 0)]
    assert f'href="{url.rstrip("/")}.csv?q=q1&amp;by=age&amp;where=age%3A1&amp;where="' in body(response)


def test_what_the_address_does_not_know_is_passed_over(desk, counted):
    response = desk.get(reverse("staff:survey-tables", args=("r6",)) + "?q=zz&by=q1&where=zz:1")

    assert (response.context["key"], response.context["by"], response.context["filtered"]) == ("q1", "", 40)


@pytest.mark.parametrize("query", ["?where=age", "?where=age:x"])
def test_a_filter_nobody_can_read_is_not_found(desk, counted, query):
    assert desk.get(reverse("staff:survey-tables", args=("r6",)) + query).status_code == 404


def test_without_answers_there_are_no_tables(desk, survey):
    assert desk.get(reverse("staff:survey-tables", args=("r6",))).status_code == 404
    assert desk.get(reverse("staff:survey-tables-file", args=("r6", "csv"))).status_code == 404


def test_answers_of_texts_alone_have_no_table(desk, survey, send, secretariat):
    make_question(survey, "q7", "text", labels=())
    actions.confirm(upload=send("answers", "q7\n困っています\n", survey), by=secretariat)

    assert desk.get(reverse("staff:survey-tables", args=("r6",))).status_code == 404


def test_a_question_answered_with_numbers_shows_its_summary(desk, survey, send, secretariat):
    make_question(survey, "q6", "number", labels=())
    actions.confirm(upload=send("answers", "q6\n" + "3\n" * 12, survey), by=secretariat)

    figures = desk.get(reverse("staff:survey-tables", args=("r6",))).context["figures"]

    assert figures == [
        ("12", "人", "回答した人（対象12人）"),
        ("3", "", "平均"),
        ("3", "", "中央値"),
        ("3〜3", "", "中ほどの半分の人の範囲"),
    ]


def test_every_table_is_one_file(desk, counted):
    response = desk.get(reverse("staff:survey-tables-file", args=("r6", "csv")) + "?by=age")

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "設問番号,設問文,項目,属性,区分,回答者数,選択肢,件数,割合,値,印"
    assert lines[1] == "q1,q1の設問文,,ageの設問文,全体,40,暮らしやすい,25,62.5,,"
    assert desk.get(reverse("staff:survey-tables-file", args=("r6", "pdf"))).status_code == 404


# ---- files ------------------------------------------------------------------------
def post_file(desk, url: str, text: str, name: str = "表.csv"):
    return desk.post(url, {"file": SimpleUploadedFile(name, text.encode("cp932"))}, follow=True)


def test_a_file_is_sent_looked_at_and_confirmed(desk, series):
    response = post_file(desk, reverse("staff:statistics-send"), "識別名,年,値,単位\nbirths,令和6年,58,人\n")

    assert Point.objects.count() == 1
    assert ("文字コード", "Shift_JIS") in response.context["facts"]
    assert [change.new for change in response.context["changes"]] == ["58人"]
    url = response.redirect_chain[-1][0]
    assert said(desk.post(url, follow=True)) == ["統計を取り込みました（1件）。"]
    assert Point.objects.get(year=2024).value == 58


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("cp932", "Shift_JIS"), ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8（BOM付き）"), ("utf-16", "UTF-16")],
)
def test_the_encoding_is_found_and_shown_before_anything_is_written(desk, series, encoding, shown):
    content = "識別名,年,値,単位\nbirths,令和6年,58,人\n".encode(encoding)
    response = desk.post(reverse("staff:statistics-send"), {"file": SimpleUploadedFile("表.csv", content)}, follow=True)

    assert dict(response.context["facts"])["文字コード"] == shown
    assert ([change.new for change in response.context["changes"]], Point.objects.count()) == (["58人"], 1)


def test_cells_merged_in_excel_are_told_with_row_and_column(desk, series):
    book = Workbook()
    for row in (("識別名", "年", "値", "単位"), ("births", 2023, 58, "人"), ("births", 2024, 60, "人")):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("D2:D3")
    content = io.BytesIO()
    book.save(content)
    response = desk.post(
        reverse("staff:statistics-send"), {"file": SimpleUploadedFile("表.xlsx", content.getvalue())}, follow=True
    )

    assert [str(problem) for problem in response.context["problems"]] == [
        "3行目「識別名」：空です。結合したセルは結合を解いて、すべての行に書いてください。"
    ]
    assert Point.objects.count() == 1


def test_a_file_is_thrown_away(desk, series):
    post_file(desk, reverse("staff:statistics-send"), "識別名,年,値,単位\nbirths,2024,58,人\n")

    response = desk.post(reverse("staff:survey-upload", args=(Upload.objects.get().pk,)), {"discard": ""}, follow=True)

    assert said(response) == ["「表.csv」の取込みをやめました。何も変えていません。"]
    assert (Upload.objects.count(), Point.objects.count()) == (0, 1)


def test_problems_are_listed_and_cannot_be_confirmed(desk, series):
    response = post_file(desk, reverse("staff:statistics-send"), "識別名,年,値,単位\nbirths,2024,58,千人\n")

    assert "「出生数」の単位は「人」です。ファイルでは「千人」です。" in body(response)
    assert ">取り込む</button>" not in body(response)
    confirmed = desk.post(response.redirect_chain[-1][0], follow=True)
    assert said(confirmed) == ["直すところが残っているか、変わる値がないため、取り込めません。"]


def test_answers_show_how_many_gave_each(desk, survey, question):
    response = post_file(desk, reverse("staff:survey-send", args=("r6", "answers")), "回答番号,q1\n1,1\n2,\n3,2\n")

    assert response.context["columns"] == [("q1", "q1の設問文", 2)]
    assert said(desk.post(response.redirect_chain[-1][0], follow=True)) == ["回答データを取り込みました（3件の回答）。"]
    assert AnswerSet.objects.get().encoding == "Shift_JIS"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("図.png", "x", "「図.png」は読み取れませんでした。CSV（.csv）かExcel（.xlsx）のファイルを選んでください。"),
        ("空.csv", "", "ファイルの中身がありません。"),
        ("表.xls", "x", "「表.xls」は読み取れませんでした。古い形式のファイル（.xls）は受け取れません。"
         "Excelの「名前を付けて保存」で、種類を「Excel ブック (*.xlsx)」にして保存し直してください。"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_at_once(desk, series, name, text, sentence):
    response = post_file(desk, reverse("staff:statistics-send"), text, name)

    assert (said(response), Upload.objects.count()) == ([sentence], 0)


def test_no_file_at_all_is_told(desk, series):
    assert said(desk.post(reverse("staff:statistics-send"), follow=True)) == ["ファイルを選んでください。"]


@pytest.mark.parametrize("kind", ["statistics", "other"])
def test_only_files_of_a_survey_are_sent_to_it(desk, survey, kind):
    assert desk.post(reverse("staff:survey-send", args=("r6", kind))).status_code == 404


@pytest.mark.parametrize("kind", ["tallies", "definition", "answers"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_samples_to_fill_are_given_out(desk, survey, question, kind, form):
    response = desk.get(reverse("staff:survey-sample", args=("r6", kind, form)))

    head = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK"}[form]
    assert response.content.startswith(head)


@pytest.mark.parametrize(("kind", "form"), [("other", "csv"), ("tallies", "pdf")])
def test_other_samples_are_not_found(desk, survey, kind, form):
    assert desk.get(reverse("staff:survey-sample", args=("r6", kind, form))).status_code == 404


def test_a_file_somebody_else_sent_is_not_found(desk, plan, writer):
    upload = Upload.objects.create(plan=plan, kind="statistics", filename="a.csv", content=b"a", sent_by=writer)

    assert desk.get(reverse("staff:survey-upload", args=(upload.pk,))).status_code == 404


# ---- statistics -------------------------------------------------------------------
def test_a_new_year_is_one_small_form(desk, series):
    response = desk.post(reverse("staff:series", args=("births",)), {"year": "令和6年", "value": "58"}, follow=True)

    assert said(response) == ["「出生数」の2024年の値を保存しました。"]
    assert [(point.year, point.value) for point in response.context["points"]] == [(2024, 58), (2020, 82)]


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"year": "来年", "value": "5"}, ["年として読めません。「2025」か「令和7年」のように書いてください。"]),
        ({"year": "2024"}, ["値か、値の代わりの表記を書いてください。"]),
    ],
)
def test_a_form_that_cannot_be_saved_says_why(desk, series, data, errors):
    response = desk.post(reverse("staff:series", args=("births",)), data)

    assert (response.status_code, errors_of(response)) == (422, errors)


def test_what_the_action_refuses_is_told(desk, plan):
    Series.objects.create(plan=plan, code="rate", position=1, theme="児童", title="率", unit="%", source="国")

    response = desk.post(reverse("staff:series", args=("rate",)), {"year": "2024", "value": "101"})

    assert response.context["form"].non_field_errors() == ["割合は0から100までです。"]


def test_a_value_is_taken_back_and_a_printed_one_is_not(desk, series):
    printed = series.points.get()
    point = Point.objects.create(series=series, year=2024, value=58, origin="imported")

    gone = desk.post(reverse("staff:point-delete", args=(point.pk,)), follow=True)
    kept = desk.post(reverse("staff:point-delete", args=(printed.pk,)), follow=True)

    assert (said(gone), said(kept)) == (
        ["「出生数」の2024年の値を消しました。"],
        ["計画書の値は、消せません。"],
    )
    assert list(Point.objects.all()) == [printed]


def test_without_a_plan_there_is_nothing(desk):
    assert [desk.get(reverse(name)).status_code for name in ("staff:surveys", "staff:statistics")] == [404, 404]


# ---- queries ----------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_the_same_queries_at_any_number_of_rows(desk, plan, send, secretariat, number):
    survey = make_survey(plan)
    for place in range(number):
        make_survey(plan, f"s{place}")
        make_question(survey, f"q{place}")
        make_question(survey, f"a{place}", is_attribute=True)
        series = Series.objects.create(
            plan=plan, code=f"s{place}", position=place, theme="児童", title="数", unit="人", source="国"
        )
        Point.objects.create(series=series, year=2024, value=5, origin="imported")
    names = [f"{letter}{place}" for place in range(number) for letter in "qa"]
    text = ",".join(names) + "\n" + (",".join("1" * len(names)) + "\n") * 12
    actions.confirm(upload=send("answers", text, survey), by=secretariat)
    counts = {}
    for url in ("/staff/surveys/", "/staff/surveys/r6/", "/staff/surveys/r6/tables/?by=a0", "/staff/statistics/"):
        desk.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url).status_code == 200
        counts[url] = len(queries)

    assert counts == {
        "/staff/surveys/": 5, "/staff/surveys/r6/": 6, "/staff/surveys/r6/tables/?by=a0": 10, "/staff/statistics/": 6,
    }  # fmt: skip
