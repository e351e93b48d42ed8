"""Files in three steps: nothing is written before the last, and everything is asked again then."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mine_welfare.toolkit.refusal import Refused
from surveys import actions
from surveys.models import AnswerSet, Point, Question, Tally, Upload

STATISTICS = "識別名,年,値,単位\nbirths,2024,58,人\n"


def test_a_file_that_was_only_sent_changes_nothing(plan, series, send):
    version = plan.version

    upload = send("statistics", STATISTICS)

    plan.refresh_from_db()
    assert (Upload.objects.get(), Point.objects.count(), plan.version) == (upload, 1, version)


def test_confirmed_it_is_written_and_gone(plan, series, send, secretariat):
    version = plan.version
    actions.confirm(upload=send("statistics", STATISTICS), by=secretariat)

    plan.refresh_from_db()
    point = Point.objects.get(year=2024)
    assert (point.value, point.origin, point.line) == (58, "imported", None)
    assert (Upload.objects.count(), plan.version) == (0, version + 1)


def test_a_value_takes_the_place_of_the_one_before(series, send, secretariat):
    series.points.update(origin="imported", derivation="差")
    actions.confirm(upload=send("statistics", STATISTICS.replace("2024", "2020")), by=secretariat)

    point = Point.objects.get()
    assert (point.year, point.value, point.derivation, point.line) == (2020, 58, "", None)


def test_shares_are_written(survey, question, send, secretariat):
    text = "設問番号,選択肢,割合\nq1,暮らしやすい,60\nq1,暮らしにくい,40\n"
    actions.confirm(upload=send("tallies", text, survey), by=secretariat)
    actions.confirm(upload=send("tallies", text.replace("60", "61.0"), survey), by=secretariat)

    rows = Tally.objects.values_list("choice__label", "percent", "origin")
    assert [(label, str(percent), origin) for label, percent, origin in rows] == [
        ("暮らしやすい", "61.0", "imported"), ("暮らしにくい", "40.0", "imported"),
    ]  # fmt: skip


DEFINITION = (
    "設問番号,設問文,種類,テーマ,属性,項目番号,項目,選択肢番号,選択肢\n"
    "q1,住みやすいですか,SA,,,,,2,暮らしやすい\nq1,,,,,,,1,暮らしにくい\n"
    "q8,困りごと,マトリクス,暮らし,,1,健康,1,困る\nq9,年齢,SA,,○,,,1,若い\nq9,,,,,,,0,無回答\nq10,意見,自由記述,,,,,,\n"
)


def test_a_definition_adds_and_changes_questions_and_keeps_what_it_does_not_name(survey, question, send, secretariat):
    question.choices.create(label="古い選択肢", position=9)

    actions.confirm(upload=send("definition", DEFINITION, survey), by=secretariat)

    questions = {one.code: one for one in Question.objects.all()}
    assert [(one.code, one.text, one.kind, one.theme, one.is_attribute) for one in questions.values()] == [
        ("q1", "住みやすいですか", "single", "q1", False),
        ("q8", "困りごと", "matrix", "暮らし", False),
        ("q9", "年齢", "single", "その他", True),
        ("q10", "意見", "text", "その他", False),
    ]
    assert [choice_of(one) for one in questions["q1"].choices.all()] == [
        ("2", "暮らしやすい", False), ("1", "暮らしにくい", False), ("", "無回答", True), ("", "古い選択肢", False),
    ]  # fmt: skip
    assert [choice_of(one) for one in questions["q9"].choices.all()] == [("1", "若い", False), ("0", "無回答", True)]
    assert list(questions["q8"].items.values_list("number", "label")) == [(1, "健康")]
    assert questions["q10"].choices.count() == 0


def choice_of(choice) -> tuple:
    return choice.code, choice.label, choice.is_no_answer


def test_answers_take_the_place_of_the_ones_before(survey, question, send, secretariat):
    actions.confirm(upload=send("answers", "回答番号,q1\n合成-1,1\n合成-2,\n", survey), by=secretariat)
    actions.confirm(upload=send("answers", "回答番号,q1\nA1,1\nA2,2\nA3,1\n", survey), by=secretariat)

    kept = AnswerSet.objects.get()
    assert (kept.number, kept.filename, kept.encoding, kept.is_synthetic) == (3, "表.csv", "UTF-8", False)
    assert kept.imported_by == secretariat
    assert [(one.question, one.item, one.labels) for one in kept.columns.all()] == [
        (question, None, ["暮らしやすい", "暮らしにくい"])
    ]


def test_a_file_with_a_problem_cannot_be_confirmed(series, send, secretariat):
    upload = send("statistics", STATISTICS.replace("人", "千人"))

    with pytest.raises(Refused, match="直すところが残っているか、変わる値がないため、取り込めません。"):
        actions.confirm(upload=upload, by=secretariat)

    assert (Point.objects.count(), Upload.objects.count()) == (1, 1)


def test_a_file_that_changes_nothing_cannot_be_confirmed(series, send, secretariat):
    with pytest.raises(Refused, match="直すところが残っているか"):
        actions.confirm(upload=send("statistics", "識別名,年,値,単位\nbirths,2020,82,人\n"), by=secretariat)


def test_a_file_is_confirmed_once(series, send, secretariat):
    upload = send("statistics", STATISTICS)
    actions.confirm(upload=upload, by=secretariat)
    upload.pk = 1

    with pytest.raises(Refused, match="このファイルは、もう取り込まれたか、取り消されました。"):
        actions.confirm(upload=upload, by=secretariat)


def test_nobody_else_confirms_or_throws_it_away(series, send, writer):
    upload = send("statistics", STATISTICS)

    for act in (actions.confirm, actions.discard):
        with pytest.raises(Refused, match="事務局の人だけです。"):
            act(upload=upload, by=writer)
    assert Upload.objects.count() == 1


def test_what_became_impossible_in_between_is_refused(survey, question, send, secretariat):
    upload = send("definition", DEFINITION, survey)
    AnswerSet.objects.create(survey=survey, number=1, filename="a.csv", encoding="UTF-8")

    with pytest.raises(Refused, match="回答データがあるあいだは"):
        actions.confirm(upload=upload, by=secretariat)


def test_thrown_away_it_is_gone(series, send, secretariat):
    actions.discard(upload=send("statistics", STATISTICS), by=secretariat)

    assert (Upload.objects.count(), Point.objects.count()) == (0, 1)


def test_only_the_secretariat_sends(series, send, writer):
    with pytest.raises(Refused, match="事務局の人だけです。"):
        send("statistics", STATISTICS, by=writer)


def test_what_cannot_be_read_is_not_kept(plan, secretariat):
    with pytest.raises(Refused, match="CSV（.csv）かExcel（.xlsx）のファイルを選んでください。"):
        actions.send(plan=plan, survey=None, kind="statistics", filename="図.png", content=b"\x89PNG", by=secretariat)
    assert Upload.objects.count() == 0


def test_a_new_file_takes_the_place_of_the_one_before_and_old_ones_are_cleared(series, send, other_writer, plan):
    old = Upload.objects.create(
        plan=plan, kind="statistics", filename="古.csv", content=b"a", sent_by=other_writer,
        sent_at=timezone.now() - datetime.timedelta(days=2),
    )  # fmt: skip
    send("statistics", STATISTICS)

    upload = send("statistics", STATISTICS)

    assert list(Upload.objects.all()) == [upload]
    assert old.pk != upload.pk


def test_a_file_about_a_survey_names_it(plan, secretariat):
    with pytest.raises(IntegrityError, match="upload_names_its_survey"), transaction.atomic():
        Upload.objects.create(plan=plan, kind="answers", filename="a.csv", content=b"a", sent_by=secretariat)
