"""The made-up answers of `bench` come out at the shares they were made from."""

from decimal import Decimal

import pytest

from bench import synthetic
from surveys import actions
from surveys.models import Item, Survey
from surveys.queries.tables import Answers
from tests.surveys.conftest import make_question, share

LIVING = {"暮らしやすい": "19.6", "どちらかというと": "45.9", "暮らしにくい": "22.2"}
TALKING = {"家族": "80.3", "友人": "51.2", "窓口": None}


@pytest.fixture
def made_up(survey, send, secretariat):
    survey.returned, survey.sent = 663, 1500
    survey.save()
    single = make_question(survey, "q1", labels=LIVING)
    several = make_question(survey, "q2", "multiple", labels=TALKING)
    for question, shares in ((single, LIVING), (several, TALKING)):
        for label, percent in shares.items():
            if percent:
                share(question, label, Decimal(percent))
    matrix = make_question(survey, "q3", "matrix")
    Item.objects.create(question=matrix, number=4, label="健康")
    make_question(survey, "q4", "text", labels=())
    make_question(survey, "q5", labels=())
    actions.confirm(upload=send("definition", synthetic.definition(survey), survey), by=secretariat)
    # A free text is in the survey but in no made-up answer.
    survey.questions.filter(code="q4").delete()
    actions.confirm(upload=send("answers", synthetic.answers(survey), survey), by=secretariat)
    return Survey.objects.get()


def test_the_printed_shares_come_out_to_the_decimal(made_up):
    answers = Answers(made_up)
    for code, shares in (("q1", LIVING), ("q2", TALKING)):
        table = answers.table(code)
        found = dict(zip(table.heads, table.everyone.cells, strict=True))
        assert {label: str(found[label].percent) for label, percent in shares.items() if percent} == {
            label: percent for label, percent in shares.items() if percent
        }


def test_it_says_that_nobody_answered_it(made_up):
    assert (made_up.answers.number, made_up.answers.is_synthetic) == (663, True)


def test_it_has_attributes_to_break_it_down_by(made_up):
    assert [question.code for question in Answers(made_up).attributes] == ["sex", "age", "area"]


def test_where_no_number_of_all_makes_a_share_some_were_not_asked(made_up):
    # No number of 663 people is 80.3 %; of 660, 530 are 80.3 % and 338 are 51.2 %.
    assert Answers(made_up).table("q2").everyone.base == 660
    assert synthetic.base([Decimal("80.3"), None, Decimal("51.2")], 663) == 660


def test_shares_that_no_number_makes_are_an_error():
    with pytest.raises(ValueError, match="no number of people up to 3"):
        synthetic.base([Decimal("80.3")], 3)


def test_the_same_seed_makes_the_same_people(survey):
    make_question(survey)

    assert synthetic.answers(survey, 30) == synthetic.answers(survey, 30)
    assert synthetic.answers(survey, 30) != synthetic.answers(survey, 30, seed=2)
