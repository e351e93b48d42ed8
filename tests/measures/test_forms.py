"""What people type into sheets: cleaned, and told in sentences."""

import pytest
from django.http import QueryDict

from measures.forms import STALE, AssignForm, CommentForm, EntryFilter, EntryForm, UnchangedForm
from mine_welfare.accounts.models import Organization
from tests.factories import CycleFactory, EntryFactory, GoalFactory, OrganizationFactory, ScaleFactory

pytestmark = pytest.mark.django_db


def sent(entry, **values) -> EntryForm:
    return EntryForm({"version": "0", **values}, instance=entry)


# ---- one sheet --------------------------------------------------------------
def test_an_empty_sheet_can_be_saved(entry):
    form = sent(entry)
    assert form.errors == {}
    assert form.values() == {
        "planned": "", "result": "", "rating": None, "reason": "", "issues": "", "direction": None, "improvement": "",
        "next_plan": "", "budget": None, "settlement": None, "no_budget": False, "memo": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("１２，５００", 12500), ("12,500千円", 12500), (" 0 ", 0), ("", None), ("999999999", 999_999_999)],
)
def test_thousand_yen_as_people_type_it(entry, typed, expected):
    form = sent(entry, budget=typed)
    assert (form.errors, form.values()["budget"]) == ({}, expected)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"budget": "約100"}, "budget", "数字だけを入力してください（小数や「約」などの文字は使えません）。"),
        ({"budget": "-1"}, "budget", "0以上の数にしてください。"),
        ({"settlement": "1000000000"}, "settlement", "999999999以下の数にしてください。"),
        ({"budget": "9" * 5000}, "budget", "数字だけを入力してください（小数や「約」などの文字は使えません）。"),
        ({"result": "あ" * 10_001}, "result", "10000字までにしてください（いま10001字です）。"),
        ({"rating": "999999"}, "rating", "一覧から選び直してください。"),
        ({"rating": "9" * 30}, "rating", "一覧から選び直してください。"),
        ({"direction": "continue"}, "direction", "一覧から選び直してください。"),
        (
            {"no_budget": "on", "budget": "1"},
            "no_budget",
            "金額を入れるときは、「予算を伴わない」の印を外してください。",
        ),
        ({"version": "x"}, "version", STALE),
        ({"version": ""}, "version", STALE),
        ({"version": "9" * 5000}, "version", STALE),
    ],
)
def test_what_a_sheet_does_not_take(entry, values, field, sentence):
    assert sent(entry, **values).errors == {field: [sentence]}


def test_letters_of_another_years_scale_are_not_offered(entry):
    other = ScaleFactory(plan=entry.cycle.plan, name="別の基準")
    assert sent(entry, rating=other.grades.first().pk).errors == {"rating": ["一覧から選び直してください。"]}


def test_a_pasted_text_loses_its_control_characters(entry):
    form = sent(entry, result="一\x00二\x1b\r\n三\x7f ")
    assert (form.errors, form.values()["result"]) == ({}, "一二\n三")


def test_the_form_never_writes_the_sheet(entry):
    assert sent(entry, result="書いた").is_valid()
    assert entry.result == ""


def test_what_a_direction_asks_for_is_said_before_it_is_chosen(entry):
    assert EntryForm(instance=entry).fields["direction"].help_text == (
        "見直しのときは、「方向性の内容・改善策」も書きます。完了のときは、「次年度の取組予定」は要りません。"
    )
    entry.cycle.scale.directions.update(needs_improvement=False, ends_action=False)
    assert EntryForm(instance=entry).fields["direction"].help_text == ""


# ---- words with a move ------------------------------------------------------
@pytest.mark.parametrize("form", [CommentForm, UnchangedForm])
@pytest.mark.parametrize("version", ["", "x", "1.5", "9" * 5000])
def test_a_move_names_the_version_that_was_read(form, version):
    assert form({"version": version}).errors == {"version": [STALE]}


def test_a_comment_is_cleaned():
    form = CommentForm({"version": "3", "comment": " 件数を\x00直す。\r\n"})
    assert form.is_valid()
    assert form.cleaned_data == {"comment": "件数を直す。", "version": 3}


# ---- who answers ------------------------------------------------------------
def test_only_present_offices_can_be_assigned(office):
    OrganizationFactory(kind=Organization.Kind.OUTSIDE)
    OrganizationFactory(valid_to=2000)
    form = AssignForm({"organizations": [str(office.pk)]})
    assert form.is_valid()
    assert (form.cleaned_data, list(form.offered.values())) == ({"organizations": [office]}, [office])


@pytest.mark.parametrize("value", ["", "999999", "x", "9" * 30])
def test_assignments_that_cannot_be_read(office, value):
    assert not AssignForm({"organizations": [value] if value else []}).is_valid()


# ---- the filter -------------------------------------------------------------
def test_the_filter_offers_what_the_year_has(entry):
    CycleFactory(plan=entry.cycle.plan, scale=entry.cycle.scale, year=2024, state="closed")
    later = CycleFactory(plan=entry.cycle.plan, scale=entry.cycle.scale, year=2026, state="closed")
    EntryFactory(cycle=later, action=entry.action, organization=OrganizationFactory())
    fields = EntryFilter({}, cycle=entry.cycle).fields
    assert [value for value, _ in fields["year"].choices] == [2026, 2025, 2024]
    assert list(fields["organization"].queryset) == [entry.organization]
    assert [value for value, _ in fields["goal"].choices] == ["", *[g.number for g in entry.cycle.plan.goals.all()]]


@pytest.mark.parametrize(
    "asked",
    [
        {"organization": "nowhere"},
        {"organization": "a\x00b"},
        {"state": "lost"},
        {"gap": "hole"},
        {"goal": "x"},
        {"goal": "9" * 5000},
        {"q": "長" * 61},
        {"q": "a\x00"},
        {"year": "x"},
    ],
)
def test_an_unknown_value_is_no_filter(entry, asked):
    query = QueryDict(mutable=True)
    query.update(asked)
    given = EntryFilter(query, cycle=entry.cycle).given()
    assert {name: value for name, value in given.items() if value and name != "year"} == {}


def test_known_values_are_read(entry):
    GoalFactory(plan=entry.cycle.plan, number=7)
    query = QueryDict("organization=welfare&state=overdue&gap=same&goal=7&q= 1-1 ")
    assert EntryFilter(query, cycle=entry.cycle).given() == {
        "year": 2025,
        "organization": entry.organization,
        "state": "overdue",
        "gap": "same",
        "goal": 7,
        "q": "1-1",
    }
