"""The third plan as data is the draft, complete and word for word."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import transaction

from measures.models import Action, Responsibility, RoleItem
from mine_welfare.publication import planfile
from mine_welfare.toolkit.richtext import figures, plain
from plans.models import Erratum, GlossaryTerm, Plan
from surveys.models import Origin, Point, Tally
from tests.publication import plan_text
from tests.publication.plan_text import squash

pytestmark = pytest.mark.django_db

FOLDER = settings.BASE_DIR / "fixtures" / "plan3"
SOURCE = (FOLDER / "source.txt").read_text(encoding="utf-8").split("\n")


@pytest.fixture(scope="module")
def plan3(django_db_setup, django_db_blocker):
    """The plan, loaded once for this module and rolled back after it; each test rolls back its own changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield planfile.load(FOLDER)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def served(plan3, django_db_blocker) -> list[plan_text.Sentence]:
    with django_db_blocker.unblock():
        return plan_text.served(plan3)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.yaml")}


# ---- the files ----------------------------------------------------------------
def test_loaded_and_dumped_the_files_are_the_same_bytes(plan3, tmp_path):
    planfile.dump_folder(plan3, tmp_path)

    assert files(tmp_path) == files(FOLDER)


def test_loading_again_changes_nothing_and_writes_no_history(plan3, tmp_path):
    before = {model: model.objects.count() for model in apps.get_models()}

    planfile.load(FOLDER)

    assert {model: model.objects.count() for model in apps.get_models()} == before
    planfile.dump_folder(Plan.objects.get(slug="plan3"), tmp_path)
    assert files(tmp_path) == files(FOLDER)


# ---- the text -----------------------------------------------------------------
def test_every_sentence_of_the_draft_is_served_once_where_it_belongs(plan3, served):
    draft = plan_text.draft(SOURCE, plan3.errata.all())

    assert plan_text.differences(draft, served) == ""
    assert len(draft) == 2028


def test_a_lost_a_changed_and_an_added_sentence_are_seen(plan3):
    draft = plan_text.draft(SOURCE, plan3.errata.all())
    role = RoleItem.objects.get(measure__code="1-1-1", actor__code="citizen", position=1)
    role.text = "相談窓口を知りましょう。\n加えた行"
    role.save()
    plan3.sections.get(chapter=5, anchor="2-1-1").delete()

    assert plan_text.differences(draft, plan_text.served(plan3), limit=2).splitlines() == [
        "素案875行にだけ: 各分野の相談支援機能や相談窓口等への理解・認識を深めましょう。",
        "収録にだけ（素案875行の前）: 相談窓口を知りましょう。",
        "収録にだけ（素案875行の前）: 加えた行",
        "素案2145行にだけ: ①市民の役割",
    ]


def test_the_sentences_of_a_section_are_all_of_its_body(plan3):
    for section in plan3.sections.exclude(body=""):
        figure_texts = [text for figure in figures(section.body) for text in (figure.caption, figure.source) if text]
        own = [text for block in section.body.split("\n\n") for text in plain(block)]

        assert own == plain(section.body)
        assert set(figure_texts) <= set(own)


def test_only_these_words_have_a_space_between_japanese_letters(plan3, tmp_path):
    planfile.dump_folder(plan3, tmp_path)
    japanese = "[぀-ヿ㐀-鿿々、。」]"
    found = Counter()
    for path in tmp_path.glob("*.yaml"):
        if path.name != "errata.yaml":
            for line in path.read_text(encoding="utf-8").splitlines()[2:]:
                found.update(re.findall(rf"{japanese}+ +{japanese}{{2}}", line))

    letters = zip("アイウエオ", ("安全", "就労", "保健", "非行", "民間"), strict=True)
    statute = {"条 市町": 2, "一 地域": 1, "二 地域": 1, "三 地域": 1, "四 地域": 1, "五 地域": 1}
    assert found == statute | {f"{letter} {word}": 1 for letter, word in letters}


# ---- errata -------------------------------------------------------------------
def test_every_erratum_stands_on_its_line(plan3):
    missing = [row for row in plan3.errata.all() if row.as_read not in plan_text.span(SOURCE, row)]

    assert missing == []


def test_an_omitted_line_is_named_whole(plan3):
    rows = plan3.errata.filter(kind=Erratum.Kind.OMITTED)

    assert [row.as_read for row in rows] == [SOURCE[row.line - 1].strip() for row in rows]


def test_errata_are_in_order_of_the_draft_and_say_why(plan3):
    rows = list(plan3.errata.all())

    assert [row.line for row in rows] == sorted(row.line for row in rows)
    assert [row for row in rows if not (row.reason and row.place)] == []


def test_structure_changes_white_space_only_but_where_listed(plan3):
    rows = plan3.errata.filter(kind=Erratum.Kind.STRUCTURE)

    changed = {row.line for row in rows if squash(row.as_read) != squash(row.corrected)}
    # 3, 6 bold marks; 70 two labels of a figure; 93-103 the head of a table and years left blank; 230, 236, 445
    # brackets of a number; 506 the head of a table; 828, 830 names in a figure; 1726, 1733 a heading left out.
    assert changed == {3, 6, 70, 93, 94, 95, 97, 99, 102, 103, 230, 236, 445, 506, 828, 830, 1726, 1733}


def test_errata_by_kind_and_confidence(plan3):
    assert Counter(plan3.errata.values_list("kind", "confidence")) == {
        ("reading", "certain"): 29,
        ("reading", "likely"): 8,
        ("draft", "open"): 124,
        ("structure", "certain"): 59,
        ("structure", "likely"): 2,
        ("omitted", "certain"): 74,
    }


# ---- counts -------------------------------------------------------------------
# code, citizen, community, shakyo, government (roles), shakyo, government (actions)
MEASURES = """
1-1-1 2 3 3 2 4 8
1-1-2 2 3 3 4 5 3
1-1-3 4 5 4 3 3 4
1-2-1 2 3 2 3 3 4
1-2-2 2 4 3 4 1 3
1-3-1 3 5 2 4 8 4
1-3-2 2 3 2 2 4 5
1-3-3 3 2 4 5 2 20
1-3-4 3 4 3 2 3 7
2-1-1 5 3 5 6 8 11
2-1-2 3 4 3 3 3 6
2-1-3 3 4 2 2 3 7
2-2-1 5 3 3 4 2 7
2-2-2 4 3 1 1 3 6
2-3-1 2 2 0 0 4 7
2-3-2 2 3 2 5 2 2
2-3-3 2 2 1 2 1 1
3-1-1 3 5 4 4 4 7
3-1-2 3 3 2 1 4 2
3-1-3 1 1 2 3 3 3
3-2-1 3 2 4 3 2 5
3-2-2 2 3 5 3 4 4
3-2-3 2 2 3 3 3 3
"""


@pytest.mark.parametrize("row", MEASURES.split("\n")[1:-1])
def test_roles_and_actions_of_each_measure(plan3, row):
    code, *counts = row.split()
    measure = plan3.measures.get(code=code)
    roles = Counter(measure.role_items.values_list("actor__code", flat=True))
    actions = Counter(measure.actions.values_list("actor__code", flat=True))

    found = [roles[actor] for actor in ("citizen", "community", "shakyo", "government")]
    assert [*found, actions["shakyo"], actions["government"]] == [int(count) for count in counts]


COUNTS = {
    "goals": (lambda plan: plan.goals.count(), 3),
    "policies": (lambda plan: sum(goal.policies.count() for goal in plan.goals.all()), 8),
    "measures": (lambda plan: plan.measures.count(), 23),
    "roles": (lambda plan: RoleItem.objects.filter(measure__plan=plan).count(), 267),
    "actions of the council": (lambda plan: plan.actions.filter(actor__code="shakyo").count(), 79),
    "actions of the city": (lambda plan: plan.actions.filter(actor__code="government").count(), 129),
    "actions with a sheet": (lambda plan: plan.actions.evaluated().count(), 206),
    "actions the city commissions": (lambda plan: plan.actions.filter(commission=Action.Commission.CITY).count(), 12),
    "titles that say so": (lambda plan: plan.actions.filter(title__contains="市受託事業").count(), 12),
    "actions against reoffending": (lambda plan: plan.actions.filter(components__code="reoffense").count(), 22),
    "focus areas": (lambda plan: plan.components.get(code="reoffense").focus_areas.count(), 5),
    "last plan, evaluations": (lambda plan: sum(len(review.evaluation) for review in plan.previous_reviews.all()), 52),
    "last plan, policies": (lambda plan: sum(len(review.policy) for review in plan.previous_reviews.all()), 47),
    "sections": (lambda plan: plan.sections.count(), 96),
    "terms": (lambda plan: plan.terms.count(), 48),
    "questions printed": (lambda plan: plan.surveys.get().questions.filter(base=663).count(), 12),
    "questions only spoken of": (lambda plan: plan.surveys.get().questions.filter(base=None).count(), 14),
    "statistics": (lambda plan: plan.series.count(), 55),
    "blocks of related plans": (lambda plan: plan.related_plans.values("block").distinct().count(), 9),
    "bars of related plans": (lambda plan: plan.related_plans.count(), 23),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts(plan3, name):
    count, expected = COUNTS[name]

    assert count(plan3) == expected


def test_offices_of_the_city(plan3):
    rows = Responsibility.objects.filter(action__plan=plan3, action__actor__code="government")
    per_action = Counter(rows.values_list("action_id", flat=True))

    assert Counter(per_action.values()) == {1: 110, 2: 16, 3: 3}
    assert Counter(rows.values_list("wording", flat=True)) == {
        "福祉課": 68, "子育て支援課": 13, "総務課": 11, "健康増進課": 10, "地域振興課": 9, "学校教育課": 9,
        "生涯学習スポーツ推進課": 9, "商工労働課": 5, "建設課": 4, "関係各課": 4, "消防本部": 2, "農林課": 2,
        "関係課": 2, "デジタル推進課": 1, "地方創生推進室": 1, "市民課": 1,
    }  # fmt: skip
    assert set(rows.unassigned().values_list("wording", flat=True)) == {"関係各課", "関係課"}


def test_references_between_measures(plan3):
    groups = plan3.measures.get(code="1-3-3").groups.all()
    repeated = plan3.actions.exclude(repeats=None).get()
    referring = plan3.actions.exclude(see=None).get()

    assert [(group.label, group.actions.count(), group.see and group.see.code) for group in groups] == [
        ("ア", 4, "2-2-2"), ("イ", 3, "1-3-2"), ("ウ", 3, "1-2-1"), ("エ", 4, None), ("オ", 6, "3-2-1"),
    ]  # fmt: skip
    assert (repeated.code, repeated.repeats.code, repeated.title) == ("1-3-3-G12", "2-1-1-G05", repeated.repeats.title)
    assert (referring.code, referring.see.code) == ("1-3-3-G08", "1-1-1")


def test_previous_reviews_are_carried_on_by_all_measures(plan3):
    reviews = plan3.previous_reviews.all()
    carried = [measure.code for review in reviews for measure in review.measures.all()]

    split = [review.title for review in reviews if review.measures.count() != 1]
    assert split == ["生活困窮者、社会的弱者等の対策の充実"]
    assert sorted(carried) == sorted(plan3.measures.values_list("code", flat=True))


def test_meeting_topics(plan3):
    meeting = plan3.resident_meetings.get()
    topics = meeting.topics.all()

    assert (meeting.districts, meeting.participants) == (9, 163)
    assert [len(topic.opinions) for topic in topics] == [2, 6, 1, 7, 2, 2, 3, 2, 2, 1, 2, 2]
    assert [len(topic.issues) for topic in topics] == [4, 13, 2, 5, 2, 4, 2, 5, 4, 4, 2, 2]


def test_tiers(plan3):
    tiers = [(tier.name, [len(line) for line in tier.facilities]) for tier in plan3.tiers.all()]

    assert tiers == [
        ("市全域", [11]), ("福祉圏域", [7]), ("住民主体地域活動圏域", [14]), ("共助活動圏域", [1, 3]), ("隣近所", []),
    ]  # fmt: skip


# ---- figures ------------------------------------------------------------------
def test_figures_of_the_book(plan3):
    found = [figure for section in plan3.sections.all() for figure in figures(section.body)]
    series = {code for figure in found if figure.scheme == "series" for code in figure.ref.split(",")}
    questions = [figure.ref for figure in found if figure.scheme == "question"]

    assert Counter(figure.scheme for figure in found) == {
        "lost": 8, "series": 15, "question": 12, "map": 2,
        "related-plans": 1, "meetings": 1, "previous-review": 1, "tiers": 1, "structure": 1,
    }  # fmt: skip
    assert series == set(plan3.series.exclude(points=None).values_list("code", flat=True))
    assert questions == list(plan3.surveys.get().questions.filter(base=663).values_list("code", flat=True))


def test_a_question_says_what_its_section_says(plan3):
    for question in plan3.surveys.get().questions.filter(base=663):
        section = plan3.sections.get(chapter=2, anchor=f"2-2-{question.code}")

        # The heading keeps how the draft notes the way of answering; the question has it in `kind`.
        assert question.text == re.sub(r"\(各?SA\)$", "", section.title)
        assert squash("".join(question.statements)) == squash("".join(plain(section.body)))


# ---- words taken from the plan --------------------------------------------------
def test_other_statements_of_the_survey_stand_in_the_plan(plan3, served):
    text = "".join(row.text for row in served)
    statements = [
        sentence for question in plan3.surveys.get().questions.filter(base=None) for sentence in question.statements
    ]

    assert [sentence for sentence in statements if squash(sentence) not in text] == []


def test_partners_are_named_and_described_in_the_plans_words(plan3, served):
    text = "".join(row.text for row in served)
    words = [word for partner in plan3.partners.all() for word in (partner.name, partner.role)]

    assert [word for word in words if squash(word) not in text] == []


def test_the_plans_own_explanations_are_its_words(plan3, served):
    text = "".join(row.text for row in served)
    terms = plan3.terms.filter(origin=GlossaryTerm.Origin.PLAN)
    pieces = [piece for term in terms for piece in term.definition.split("。")]

    assert [piece for piece in pieces if squash(piece) not in text] == []
    assert terms.count() == 17


# ---- numbers ------------------------------------------------------------------
def printed(value: Decimal) -> str:
    """As the draft prints it: 20,992 and 2.01."""
    return f"{int(value):,}" if value == value.to_integral_value() else str(value.normalize())


def stands(number: str, line: int) -> bool:
    """The number stands on the line, and not as a part of a longer one."""
    return re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", SOURCE[line - 1]) is not None


def in_words(wording: str, line: int) -> bool:
    """The words stand on the line; 「8割を超える」 is the draft's 「8割を超えて」 at the end of a sentence."""
    return wording.rstrip("いる") in squash(SOURCE[line - 1])


def numbers(derivation: str) -> list[Decimal]:
    return [Decimal(text.replace(",", "")) for text in re.findall(r"[\d,]+(?:\.\d+)?(?=人|世帯|%)", derivation)]


def test_every_published_share_stands_on_its_line(plan3):
    published = Tally.objects.filter(question__survey__plan=plan3, origin=Origin.PUBLISHED)
    shares, worded = published.exclude(percent=None), published.filter(percent=None)

    assert [row for row in shares if not stands(f"{row.percent}%", row.line)] == []
    assert [row for row in worded if not in_words(row.wording, row.line)] == []
    # In the survey's own section, only in the sentences of 第2章5, and without a number.
    assert (shares.filter(line__lte=630).count(), shares.filter(line__gt=630).count(), worded.count()) == (24, 5, 23)


def test_every_published_statistic_stands_on_its_line(plan3):
    published = Point.objects.filter(series__plan=plan3, origin=Origin.PUBLISHED)
    values, worded = published.exclude(value=None), published.filter(value=None)

    assert [row for row in values if not stands(printed(row.value), row.line)] == []
    assert [row for row in worded if not in_words(row.wording, row.line)] == []
    assert (values.count(), worded.count()) == (27, 1)


def test_derived_statistics_are_the_sum_of_what_their_line_prints(plan3):
    points = Point.objects.filter(series__plan=plan3, origin=Origin.DERIVED)

    assert {point.series.code: point.value for point in points} == {
        "population": 23455, "households": 10907, "elderly-population": 10021, "children": 1982,
    }  # fmt: skip
    for point in points:
        parts = numbers(point.derivation)
        assert sum(parts) == point.value
        assert [number for number in parts if not stands(printed(number), point.line)] == []


def test_the_one_derived_share_is_the_difference_of_two_printed_ones(plan3):
    tally = Tally.objects.get(question__survey__plan=plan3, origin=Origin.DERIVED)
    whole, part = numbers(tally.derivation)
    printed_shares = tally.question.tallies.filter(origin=Origin.PUBLISHED).values_list("percent", flat=True)

    assert (tally.choice.label, tally.percent) == ("暮らしにくい", whole - part)
    assert {whole, part} <= set(printed_shares)
