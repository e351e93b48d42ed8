"""Data files written by hand: every problem at once, with file and line, in Japanese."""

import datetime
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mine_welfare.toolkit.yamlfile import FileProblems, Located, Node, Problem, dump, read


@pytest.fixture
def asked(tmp_path) -> Callable:
    """`asked(text, question)` → (the answer about the file's root, the problems it noted)."""

    def ask(text: str, question: Callable[[Node], object]) -> tuple[object, list[str]]:
        path = tmp_path / "plan.yaml"
        path.write_text(text, encoding="utf-8")
        problems: list[Problem] = []
        answer = question(read(path, problems))
        return answer, [str(problem) for problem in problems]

    return ask


# ---- files ----------------------------------------------------------------------


def test_a_missing_file_is_a_problem(tmp_path):
    problems: list[Problem] = []
    assert read(tmp_path / "goals.yaml", problems).is_empty
    assert list(map(str, problems)) == ["goals.yaml 1行目: ファイルがありません。"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "plan.yaml 1行目: 中身がありません。"),
        ("題: 計画".encode("cp932"), "plan.yaml 1行目: 文字コードが UTF-8 ではありません。"),
        (b"a: 1\nb: [1\nc: 2\n", "plan.yaml 3行目: YAMLとして読めません（字下げや引用符を確かめてください）。"),
        (b"a: \x00", "plan.yaml 1行目: YAMLとして読めません（字下げや引用符を確かめてください）。"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path, content, problem):
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)
    problems: list[Problem] = []
    assert read(path, problems).is_empty
    assert list(map(str, problems)) == [problem]


def test_all_problems_are_told_in_one_exception():
    found = FileProblems([Problem("a.yaml", 1, "一。"), Problem("b.yaml", 2, "二。")])
    assert str(found) == "a.yaml 1行目: 一。\nb.yaml 2行目: 二。"


# ---- mappings and lists -----------------------------------------------------------


def test_fields_are_named_missing_unknown_and_doubled(asked):
    text = "title: 計画\nyear: 2025\nyear: 2026\ncolour: 青\n"
    fields, problems = asked(text, lambda root: root.fields("title", "vision", optional=["year"]))
    assert {name: str(node.text()) for name, node in fields.items()} == {"title": "計画", "vision": "", "year": "2026"}
    assert problems == [
        "plan.yaml 3行目: 「year」が2回書かれています。",
        "plan.yaml 4行目: 「colour」という項目は使いません（使えるのは title、vision、year）。",
        "plan.yaml 1行目: 「vision」がありません。",
    ]


@pytest.mark.parametrize(
    ("text", "question", "answer", "message"),
    [
        ("- 1", lambda node: node.fields("title")["title"].is_empty, True, "「title」を持つまとまりが必要です。"),
        ("- 1", lambda node: node.fields(optional=["a"])["a"].is_empty, True, "「項目」を持つまとまりが必要です。"),
        ("- 1", lambda node: node.pairs(), [], "名前と値の組が必要です。"),
        ("a: 1", lambda node: node.items(), [], "「- 」で始まる並びが必要です。"),
        ("a: 1", lambda node: node.text(), "", "文字列が必要です。"),
        ("計画の名前", lambda node: node.text(3), "計画の名前", "3字までです（5字あります）。"),
        ("''", lambda node: node.required_text(), "", "空にはできません。"),
        ("~", lambda node: node.required_text(), "", "空にはできません。"),
        ("三", lambda node: node.integer(), None, "整数が必要です（「三」）。"),
        ("100000", lambda node: node.integer(), 100_000, "0から99999までの数が必要です（100000）。"),
        ("-1", lambda node: node.integer(), -1, "0から99999までの数が必要です（-1）。"),
        ("1.2.3", lambda node: node.number(), None, "数が必要です（「1.2.3」）。"),
        ("yes", lambda node: node.flag(), False, "true か false が必要です（「yes」）。"),
        ("令和7年", lambda node: node.date(), None, "日付は 2025-04-01 の形で書きます（「令和7年」）。"),
        ("green", lambda node: node.one_of(["", "red"]), "green", "「green」は使えません（使えるのは red）。"),
    ],
)
def test_an_answer_that_cannot_be_given_is_a_problem(asked, text, question, answer, message):
    assert asked(text, question) == (answer, [f"plan.yaml 1行目: {message}"])


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("' 計画 '", lambda node: node.text(), "計画"),
        ("~", lambda node: node.text(default="なし"), "なし"),
        ("null", lambda node: (node.items(), node.pairs()), ([], [])),
        ("[一, 二]", lambda node: node.texts(), ["一", "二"]),
        ("{一: 1}", lambda node: [(str(name), value.integer()) for name, value in node.pairs()], [("一", 1)]),
        ("2025", lambda node: node.integer(2000, 2100), 2025),
        ("Null", lambda node: (node.integer(), node.number(), node.date(), node.flag()), (None, None, None, False)),
        ("44.20", lambda node: node.number(), "44.20"),
        ("-3", lambda node: node.number(), "-3"),
        ("true", lambda node: node.flag(), True),
        ("2025-04-01", lambda node: node.date(), datetime.date(2025, 4, 1)),
        ("red", lambda node: node.one_of(["", "red"]), "red"),
        ("NULL", lambda node: node.one_of(["", "red"]), ""),
    ],
)
def test_a_sound_answer_notes_nothing(asked, text, question, answer):
    assert asked(text, question) == (answer, [])


def test_a_text_knows_where_it_stood(asked):
    (_, second), _ = asked("- 一\n- 二\n", lambda node: node.texts())
    assert second.problem("もう1つあります。") == Problem("plan.yaml", 2, "もう1つあります。")


# ---- writing ----------------------------------------------------------------------


def test_a_file_has_one_way_to_be_written():
    data = {
        "title": Located.at("計画", "x", 3),
        "lead": "一行\n二行",
        "empty": "",
        "none": None,
        "zero": 0,
        "no": False,
        "list": [],
        "goals": [{"number": 1, "policies": []}],
    }
    assert dump(data, "計画\n2行目") == (
        "# 計画\n# 2行目\ntitle: 計画\nlead: |\n  一行\n  二行\nzero: 0\ngoals:\n- number: 1\n"
    )


WORDS = st.text("あア漢1a-:#'\"|>{}[]&*!%@`\\ \n", min_size=1).map(lambda text: "\n".join(text.split("\n")).strip())


@given(st.dictionaries(st.sampled_from("abc"), WORDS.filter(bool), min_size=1))
def test_what_is_written_is_read_back(data):
    text = dump(data, "試し")
    assert {key: value.strip() for key, value in yaml.safe_load(text).items()} == data
