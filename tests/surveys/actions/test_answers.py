"""Raw answers: counted into the gaps of the survey, then deleted."""

from decimal import Decimal

import pytest

from mine_welfare.toolkit.refusal import Refused
from surveys import actions
from surveys.models import AnswerSet, Item, Survey, Tally
from tests.surveys.conftest import make_question, share

FORTY = "q1\n" + "1\n" * 25 + "2\n" * 11 + "9\n" * 4


@pytest.fixture
def counted(question, answered):
    question.choices.filter(is_no_answer=True).update(code="9")
    return answered(FORTY)


def rows() -> list[tuple]:
    found = Tally.objects.order_by("choice__position").values_list("choice__label", "percent", "count", "origin")
    return [(label, str(percent), count, origin) for label, percent, count, origin in found]


def test_counts_fill_the_gaps_and_the_base(counted, question, secretariat):
    written = actions.keep_counts(survey=counted, by=secretariat)

    question.refresh_from_db()
    assert (written, question.base) == (3, 40)
    assert rows() == [
        ("暮らしやすい", "62.5", 25, "counted"),
        ("暮らしにくい", "27.5", 11, "counted"),
        ("無回答", "10.0", 4, "counted"),
    ]


def test_what_the_plan_prints_is_not_touched(counted, question, secretariat):
    question.base = 663
    question.save()
    share(question, "暮らしやすい", Decimal("62.6"))

    assert actions.keep_counts(survey=counted, by=secretariat) == 2

    question.refresh_from_db()
    assert question.base == 663
    assert rows()[0] == ("暮らしやすい", "62.6", None, "published")


def test_counted_again_the_same_rows_are_written(counted, secretariat):
    actions.keep_counts(survey=counted, by=secretariat)

    assert actions.keep_counts(survey=counted, by=secretariat) == 3
    assert Tally.objects.count() == 3


def test_hidden_counts_are_not_kept(question, answered, secretariat):
    survey = answered("q1\n" + "1\n" * 30 + "2\n" * 2)

    # 2 is hidden, and with it 30, from which it could be reckoned.
    assert actions.keep_counts(survey=survey, by=secretariat) == 1
    assert [label for label, *_ in rows()] == ["無回答"]


def test_each_item_of_a_matrix_has_its_own_counts(survey, send, secretariat):
    matrix = make_question(survey, "q3", "matrix")
    items = [Item.objects.create(question=matrix, number=n, label=f"項目{n}") for n in (1, 2)]
    text = "q3_1,q3_2\n" + "1,2\n" * 20 + "2,1\n" * 15
    actions.confirm(upload=send("answers", text, survey), by=secretariat)

    actions.keep_counts(survey=Survey.objects.get(), by=secretariat)

    found = Tally.objects.filter(item=items[0]).order_by("choice__position").values_list("choice__label", "count")
    assert list(found) == [("暮らしやすい", 20), ("暮らしにくい", 15), ("無回答", 0)]


def test_a_question_answered_with_numbers_has_no_shares(survey, send, secretariat):
    make_question(survey, "q6", "number", labels=())
    actions.confirm(upload=send("answers", "q6\n" + "3\n" * 20, survey), by=secretariat)

    assert actions.keep_counts(survey=Survey.objects.get(), by=secretariat) == 0


def test_a_question_without_its_own_no_answer_leaves_it_out(counted, question, secretariat):
    question.choices.filter(is_no_answer=True).delete()

    assert actions.keep_counts(survey=counted, by=secretariat) == 2


def test_made_up_answers_are_not_kept_as_results(answered, secretariat):
    survey = answered("回答番号,q1\n合成-1,1\n合成-2,2\n")

    with pytest.raises(Refused, match="合成データの集計は、調査の結果として保存できません。"):
        actions.keep_counts(survey=survey, by=secretariat)
    assert Tally.objects.count() == 0


def test_deleted_answers_leave_their_counts(counted, secretariat):
    actions.keep_counts(survey=counted, by=secretariat)

    actions.delete_answers(survey=counted, by=secretariat)

    assert (AnswerSet.objects.count(), Tally.objects.count()) == (0, 3)
    with pytest.raises(Refused, match="回答データは、もうありません。"):
        actions.delete_answers(survey=counted, by=secretariat)


def test_only_the_secretariat_deletes(counted, writer):
    with pytest.raises(Refused, match="事務局の人だけです。"):
        actions.delete_answers(survey=counted, by=writer)
    assert AnswerSet.objects.count() == 1
