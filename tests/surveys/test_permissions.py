"""Who may do what with surveys and statistics."""

import pytest

from mine_welfare.accounts.roles import Role
from surveys import permissions
from surveys.models import AnswerSet, Survey, Upload
from tests.personas import PERSONAS

NOT_SECRETARIAT = "調査と統計を変えられるのは、事務局の人だけです。"


@pytest.mark.parametrize("persona", PERSONAS)
def test_only_the_secretariat_changes_anything(request, persona, survey):
    user = request.getfixturevalue(persona)
    upload = Upload(plan=survey.plan, kind="statistics", sent_by=user)
    expected = None if user.has_role(Role.SECRETARIAT) else NOT_SECRETARIAT

    assert permissions.change_refusal(user) == expected
    assert permissions.upload_refusal(user, upload) == expected
    assert permissions.file_refusal(user, "tallies", survey) == expected
    assert permissions.counts_refusal(user, survey) == (expected or "回答データがありません。")


def test_a_file_is_confirmed_by_who_sent_it(secretariat, writer, plan):
    upload = Upload(plan=plan, kind="statistics", sent_by=writer)

    assert permissions.upload_refusal(secretariat, upload) == "このファイルを取り込めるのは、送った人だけです。"


def with_answers(survey, **fields) -> Survey:
    AnswerSet.objects.create(survey=survey, number=5, filename="a.csv", encoding="UTF-8", **fields)
    return Survey.objects.get(pk=survey.pk)


def test_the_definition_stays_while_answers_are_counted_by_it(secretariat, survey):
    survey = with_answers(survey)
    sentence = "回答データがあるあいだは、設問の定義を変えられません。先に、回答データを削除してください。"

    assert permissions.file_refusal(secretariat, "definition", survey) == sentence
    assert permissions.file_refusal(secretariat, "answers", survey) is None
    assert permissions.file_refusal(secretariat, "statistics", None) is None


def test_counts_of_real_answers_may_be_kept_and_made_up_ones_not(secretariat, survey):
    survey = with_answers(survey)
    assert permissions.counts_refusal(secretariat, survey) is None

    survey.answers.is_synthetic = True
    assert permissions.counts_refusal(secretariat, survey) == ("合成データの集計は、調査の結果として保存できません。")
