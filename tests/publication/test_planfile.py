"""Reading, checking, loading and writing back the files of any plan: a small one of a city that does not exist."""

import datetime
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command

from measures.models import Cycle, Entry
from mine_welfare.accounts.models import Organization
from mine_welfare.publication import planfile
from mine_welfare.toolkit.yamlfile import FileProblems
from plans.models import Plan

pytestmark = pytest.mark.django_db

PLAN3 = settings.BASE_DIR / "fixtures" / "plan3"
SECOND = settings.BASE_DIR / "tests" / "fixtures" / "second_plan"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the second plan's files, to be spoilt."""
    return shutil.copytree(SECOND, tmp_path / "second_plan")


@pytest.fixture
def dumped(tmp_path) -> Callable[[str], dict[str, bytes]]:
    """The plan of a slug as files, as the database has it now."""

    def dump(slug: str) -> dict[str, bytes]:
        target = tmp_path / f"dumped-{slug}"
        shutil.rmtree(target, ignore_errors=True)
        planfile.dump_folder(Plan.objects.get(slug=slug), target)
        return files(target)

    return dump


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.yaml")}


def counts() -> dict:
    return {model: model.objects.count() for model in apps.get_models()}


def problems(folder: Path) -> list[str]:
    with pytest.raises(FileProblems) as found:
        planfile.load(folder)
    return [str(problem) for problem in found.value.problems]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# ---- there and back -------------------------------------------------------------
def test_loaded_and_dumped_the_files_are_the_same_bytes(dumped):
    planfile.load(SECOND)

    assert dumped("kaku1") == files(SECOND)


def test_two_plans_stand_side_by_side(dumped):
    """Only the organizations are one list: both plans belong to the same portal."""
    third = planfile.load(PLAN3)
    second = planfile.load(SECOND)

    found, expected = dumped("kaku1"), files(SECOND)
    organizations = found.pop("organizations.yaml").decode()
    expected.pop("organizations.yaml")
    assert found == expected
    assert organizations.count("- slug: ") == Organization.objects.count() == 15 + 3
    assert dumped("plan3") | {"organizations.yaml": b""} == files(PLAN3) | {"organizations.yaml": b""}
    assert (Plan.objects.current(), second.is_current) == (third, False)


def test_loading_again_changes_nothing_and_writes_no_history(dumped):
    planfile.load(SECOND)
    before = counts()

    planfile.load(SECOND)

    assert counts() == before
    assert dumped("kaku1") == files(SECOND)


def test_the_words_of_a_plan_are_its_own():
    plan = planfile.load(SECOND)
    action = plan.actions.get(code="1-1-1-Y01")

    assert [(actor.letter, actor.label) for actor in plan.actors.all()] == [
        ("", "ひとりひとり"), ("M", "まちのみんな"), ("Y", "市役所"),
    ]  # fmt: skip
    assert [(row.wording, row.organization and row.organization.slug) for row in action.responsibilities.all()] == [
        ("くらし支援課", "kurashi"), ("関係各課", None),
    ]  # fmt: skip
    assert plan.actions.get(code="1-1-1-M01").responsibilities.get().organization.slug == "machi-shakyo"
    assert list(plan.goals.get(number=2).policies.all()) == []


def test_an_organization_in_use_keeps_what_the_secretariat_changed():
    planfile.load(SECOND)
    Organization.objects.filter(slug="kurashi").update(phone="0837-00-0000", name="くらし課")

    planfile.load(SECOND)

    organization = Organization.objects.get(slug="kurashi")
    assert (organization.name, organization.phone) == ("くらし支援課", "0837-00-0000")


def test_a_row_gone_from_the_files_is_gone_from_the_plan(folder, dumped):
    planfile.load(folder)
    edit(folder / "goal1.yaml", "困ったときは、早めに相談しましょう。", "早めに相談しましょう。")
    (folder / "glossary.yaml").unlink()

    planfile.load(folder)

    assert dumped("kaku1") == files(folder)


# ---- what is wrong ----------------------------------------------------------------
# name: file, what is written there, what is put in its place, the problems found
MISTAKES = {
    "a field is missing": (
        "plan.yaml", "  vision: だれもが安心して暮らせるまち\n", "",
        ["plan.yaml 4行目: 「vision」がありません。"],
    ),
    "a field is unknown": (
        "goal1.yaml", "  title: つながる\n", "  title: つながる\n  colour: 青\n",
        ["goal1.yaml 6行目: 「colour」という項目は使いません（使えるのは number、title、policies）。"],
    ),
    "a field is written twice": (
        "glossary.yaml", "  reading: じじょ\n", "  reading: じじょ\n  reading: じじょ\n",
        ["glossary.yaml 6行目: 「reading」が2回書かれています。"],
    ),
    "a field is empty": (
        "glossary.yaml", "  reading: じじょ\n", "  reading: ''\n",
        ["glossary.yaml 5行目: 空にはできません。"],
    ),
    "a field is too long": (
        "chapter1.yaml", "  title: 計画の期間\n", f"  title: {'長' * 121}\n",
        ["chapter1.yaml 10行目: 120字までです（121字あります）。"],
    ),
    "an action's code is used twice": (
        "goal1.yaml", "        - code: 1-1-2-Y01\n", "        - code: 1-1-1-M01\n",
        ["goal1.yaml 25行目: 取組番号「1-1-1-M01」が2回使われています。",
         "goal1.yaml 50行目: 取組番号「1-1-1-M01」が2回使われています。"],
    ),
    "a measure's code is used twice": (
        "goal1.yaml", "    - code: 1-1-2\n", "    - code: 1-1-1\n",
        ["goal1.yaml 12行目: 施策番号「1-1-1」が2回使われています。",
         "goal1.yaml 38行目: 施策番号「1-1-1」が2回使われています。"],
    ),
    "an actor is unknown": (
        "goal1.yaml", "        citizen:\n", "        neighbours:\n",
        ["goal1.yaml 16行目: 担い手「neighbours」がありません。"],
    ),
    "a repeated action is unknown": (
        "goal1.yaml", "          repeats: 1-1-1-Y01\n", "          repeats: 1-1-1-Y09\n",
        ["goal1.yaml 66行目: 再掲元の取組「1-1-1-Y09」がありません。"],
    ),
    "a measure referred to is unknown": (
        "goal1.yaml", "        see: 1-1-1\n", "        see: 9-9-9\n",
        ["goal1.yaml 74行目: 参照先の施策「9-9-9」がありません。"],
    ),
    "a component is unknown": (
        "goal1.yaml", "      - childcare\n", "      - child\n",
        ["goal1.yaml 42行目: 構成計画「child」がありません。"],
    ),
    "a number is a word": (
        "plan.yaml", "  end_year: 2030\n", "  end_year: 令和12年\n",
        ["plan.yaml 13行目: 整数が必要です（「令和12年」）。"],
    ),
    "a plan ends before it begins": (
        "plan.yaml", "  end_year: 2030\n", "  end_year: 2025\n",
        ["plan.yaml 13行目: 終わりの年度が始まりの年度より前です。"],
    ),
    "a word is not one of the list": (
        "plan.yaml", "  status: final\n", "  status: 決定\n",
        ["plan.yaml 5行目: 「決定」は使えません（使えるのは draft、final）。"],
    ),
    "an anchor is used twice in a chapter": (
        "chapter1.yaml", "  - anchor: 1-1\n", "  - anchor: '1'\n",
        ["chapter1.yaml 18行目: 番地「1」がこの章で2回使われています。"],
    ),
    "a list is a word": (
        "chapter2.yaml", "kind: measures\n", "kind: measures\nsections: なし\n",
        ["chapter2.yaml 7行目: 「- 」で始まる並びが必要です。"],
    ),
    "two things in one file": (
        "organizations.yaml", "  kind: shakyo\n  skips_approval: true\n", "  kind: 社協\n  skips_approval: はい\n",
        ["organizations.yaml 16行目: 「社協」は使えません（使えるのは city、shakyo、outside）。",
         "organizations.yaml 17行目: true か false が必要です（「はい」）。"],
    ),
    "the file is not YAML": (
        "glossary.yaml", "  reading: じじょ\n", "  reading: 「じじょ\": [\n",
        ["glossary.yaml 5行目: YAMLとして読めません（字下げや引用符を確かめてください）。"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_file_and_line_and_changes_nothing(folder, dumped, name):
    planfile.load(SECOND)
    before = counts()
    file, old, new, expected = MISTAKES[name]
    edit(folder / file, old, new)

    assert problems(folder) == expected
    assert counts() == before
    assert dumped("kaku1") == files(SECOND)


SPOILT = {
    "gone": (lambda path: path.unlink(), "organizations.yaml 1行目: ファイルがありません。"),
    "empty": (lambda path: path.write_text("# 何もない\n"), "organizations.yaml 1行目: 中身がありません。"),
    "not UTF-8": (
        lambda path: path.write_bytes("organizations: 組織".encode("cp932")),
        "organizations.yaml 1行目: 文字コードが UTF-8 ではありません。",
    ),
    "a list": (
        lambda path: path.write_text("- 組織\n"),
        "organizations.yaml 1行目: 「organizations」を持つまとまりが必要です。",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_cannot_be_read_is_one_problem(folder, name):
    spoil, expected = SPOILT[name]
    spoil(folder / "organizations.yaml")

    assert problems(folder) == [expected]
    assert list(Plan.objects.all()) == []


def test_a_folder_that_is_not_there_is_one_problem(tmp_path):
    assert problems(tmp_path / "none") == [f"{tmp_path}/none 1行目: フォルダーがありません。"]


def test_a_predecessor_must_be_loaded_before(folder):
    edit(folder / "plan.yaml", "  status: final\n", "  predecessor: kaku0\n  status: final\n")

    assert problems(folder) == ["plan.yaml 5行目: 前の計画「kaku0」は読み込まれていません。"]
    assert list(Plan.objects.all()) == []


SURVEY = """surveys:
- slug: r8
  title: 調査
  year: 2026
  target: 市民
  period: 4月
  distribution: 郵送
  collection: 郵送
  starts_on: 2026-04-01
  ends_on: 2026-04-30
  sent: 10
  returned: 5
  response_rate: 50
  questions:
  - code: q1
    theme: 暮らし
    text: 暮らしやすいですか。
    kind: matrix
    items:
    - number: 1
      label: 買物
    choices:
    - はい
    tallies:
    - item: 2
      choice: はい
      percent: 40.5
    rankings:
    - criterion: はいが多い順
      items:
      - 1
      - 3
"""


def test_items_a_survey_question_does_not_have(folder):
    (folder / "survey.yaml").write_text(SURVEY, encoding="utf-8")

    assert problems(folder) == [
        "survey.yaml 25行目: 項目の番号「2」がこの設問にありません。",
        "survey.yaml 32行目: 項目の番号「3」がこの設問にありません。",
    ]


def test_a_doubled_name_the_database_refuses_changes_nothing(folder, dumped):
    planfile.load(SECOND)
    edit(folder / "glossary.yaml", "- term: まちの社協\n", "- term: 自助\n")

    [problem] = problems(folder)

    # What follows is the database's own sentence.
    assert problem.startswith("second_plan 1行目: 同じ番号や名前が2回使われているため、読み込めません（")
    assert dumped("kaku1") == files(SECOND)


def test_an_action_with_a_sheet_is_never_lost(folder, dumped):
    shutil.copy(PLAN3 / "scale.yaml", folder)
    plan = planfile.load(folder)
    before = dumped("kaku1")
    day = datetime.date(2026, 4, 1)
    cycle = Cycle.objects.create(plan=plan, year=2026, scale=plan.scales.get(), opens_on=day, due_on=day)
    action = plan.actions.get(code="1-1-2-Y03")
    Entry.objects.create(cycle=cycle, action=action, organization=Organization.objects.get(slug="kodomo"))
    text = (folder / "goal1.yaml").read_text(encoding="utf-8")
    edit(folder / "goal1.yaml", text[text.index("        - code: 1-1-2-Y03") : text.index("        closing:")], "")

    assert problems(folder) == [
        "second_plan 1行目: 使用中のものが消えるため、読み込めません（使っているもの: 1-1-2-Y03（こども未来課））。"
    ]
    assert dumped("kaku1") == before


# ---- the commands -----------------------------------------------------------------
def said(*arguments, **options) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_load_plan_says_what_it_loaded():
    assert said("load_plan", SECOND) == "架空市支えあい計画を読み込みました（施策 2、取組 5、本文 4節）。\n"


def test_load_plan_can_only_check():
    assert said("load_plan", SECOND, check=True) == "誤りはありません。\n"
    assert list(Plan.objects.all()) == []


def test_load_plan_lists_what_is_wrong(folder):
    (folder / "organizations.yaml").unlink()
    edit(folder / "plan.yaml", "  end_year: 2030\n", "  end_year: 十二\n")

    with pytest.raises(CommandError) as refused:
        said("load_plan", folder)

    assert str(refused.value) == (
        "読み込めません。2か所を直してください。\n"
        "  plan.yaml 13行目: 整数が必要です（「十二」）。\n"
        "  organizations.yaml 1行目: ファイルがありません。"
    )


def test_dump_plan_names_the_files_it_wrote(tmp_path):
    planfile.load(SECOND)

    listing = said("dump_plan", tmp_path / "out", plan="kaku1")

    assert listing == "".join(f"{tmp_path / 'out' / name}\n" for name in sorted(files(SECOND)))
    assert files(tmp_path / "out") == files(SECOND)


def test_dump_plan_writes_the_current_plan_if_none_is_named(tmp_path):
    planfile.load(SECOND)

    with pytest.raises(CommandError, match=r"^その計画は読み込まれていません。$"):
        said("dump_plan", tmp_path / "out")
