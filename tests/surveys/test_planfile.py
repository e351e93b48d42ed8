"""Surveys as data: what a file may say, and that it comes back the same."""

import pytest
import yaml

from mine_welfare.toolkit.yamlfile import Node
from surveys import planfile
from surveys.models import Origin, Series, Survey

FILE = """
surveys:
- slug: r6
  title: 今回の調査
  year: 2024
  target: 市民
  period: 令和6年12月
  distribution: 郵送
  collection: 郵送
  starts_on: '2024-12-01'
  ends_on: '2024-12-28'
  sent: 100
  returned: 40
  response_rate: 40
  previous: r1
  hidden: true
  hide_below: 5
  questions:
  - code: age
    field: 属性
    theme: 年齢
    text: 年齢
    kind: single
    attribute: true
    remarks:
    - 若い人が少ない。
    choices:
    - label: 若い
      code: '1'
    - 無回答
- slug: r1
  title: 前回の調査
  year: 2019
  target: 市民
  period: 令和元年12月
  distribution: 郵送
  collection: 郵送
  starts_on: '2019-12-01'
  ends_on: '2019-12-28'
  sent: 100
  returned: 40
  response_rate: 40
"""


def load(plan, text: str) -> list[str]:
    """Read and save; the problems as sentences."""
    problems = []
    rows = planfile.read_surveys(Node(yaml.compose(text), "survey.yaml", problems))
    if not problems:
        planfile.save_surveys(plan, rows, {}, problems)
    return [str(problem) for problem in problems]


def filled(value):
    """Without what a file leaves out."""
    if isinstance(value, dict):
        found = {key: filled(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item not in ("", [], {}, None, False)}
    return [filled(item) for item in value] if isinstance(value, list) else value


def test_all_that_a_file_says_is_kept_and_comes_back(plan):
    assert load(plan, FILE) == []

    survey = Survey.objects.get(slug="r6")
    question = survey.questions.get()
    assert (survey.previous.slug, survey.is_public) == ("r1", False)
    assert (survey.hide_below, survey.base_hidden_below, survey.base_reference_below) == (5, 10, 30)
    assert (question.field, question.is_attribute, question.remarks) == ("属性", True, ["若い人が少ない。"])
    assert list(question.choices.values_list("label", "code", "is_no_answer")) == [
        ("若い", "1", False), ("無回答", "", True),
    ]  # fmt: skip
    assert filled(planfile.dump_surveys(plan)) == filled(yaml.safe_load(FILE))


def test_loaded_again_nothing_is_written(plan, django_assert_num_queries):
    load(plan, FILE)
    before = Survey.history.count()

    load(plan, FILE)

    assert Survey.history.count() == before


def test_the_link_to_the_survey_before_can_be_taken_away(plan):
    load(plan, FILE)

    load(plan, FILE.replace("  previous: r1\n", ""))

    assert Survey.objects.get(slug="r6").previous is None


@pytest.mark.parametrize("slug", ["r0", "r6"])
def test_a_survey_before_that_is_not_there_is_a_problem(plan, slug):
    assert load(plan, FILE.replace("previous: r1", f"previous: {slug}")) == [
        f"survey.yaml 15行目: 前回の調査「{slug}」がありません。"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("hide_below: 5", "hide_below: 0", "survey.yaml 17行目: 1から999までの数が必要です（0）。"),
        ("hidden: true", "hidden: yes", "survey.yaml 16行目: true か false が必要です（「yes」）。"),
        ("      code: '1'\n", "", "survey.yaml 28行目: 「code」がありません。"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(plan, old, new, problem):
    assert load(plan, FILE.replace(old, new)) == [problem]


def test_the_sentences_of_a_statistic_come_back(plan):
    Series.objects.create(
        plan=plan, code="b", position=1, theme="児童", title="出生数", unit="人", source="国", statements=["82人です。"]
    ).points.create(year=2020, value=82, origin=Origin.PUBLISHED, line=3)
    dumped = planfile.dump_series(plan)

    problems = []
    rows = planfile.read_series(Node(yaml.compose(yaml.safe_dump(filled(dumped), allow_unicode=True)), "s", problems))
    planfile.save_series(plan, rows, {}, problems)

    assert (problems, planfile.dump_series(plan)) == ([], dumped)
    assert plan.series.get().statements == ["82人です。"]
