"""What the secretariat changes in the browser goes out to the plan's files and comes back the same."""

from pathlib import Path

import pytest
from django.conf import settings

from measures.actions import april, plantext
from measures.actions.nextplan import start_next_plan
from measures.models import Action, Measure
from mine_welfare.accounts.models import Organization
from mine_welfare.publication import planfile
from plans import actions
from plans.actions import fingerprint
from plans.models import Plan

pytestmark = pytest.mark.django_db

WORDS = {"title": "新しい取組", "content": "始めます。", "commission": "", "form": "short"}
SECOND = settings.BASE_DIR / "tests" / "fixtures" / "second_plan"


def dumped(plan: Plan, folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in planfile.dump_folder(plan, folder)}


@pytest.fixture
def plan(db) -> Plan:
    return planfile.load(SECOND)


def test_an_edited_plan_goes_out_and_comes_back(plan, secretariat, tmp_path):
    measure = Measure.objects.of_plan(plan).first()
    actor = plan.actors.exclude(letter="").last()
    office = Organization.objects.first()
    values = {"title": "改めた施策", "introduction": "説明の1\n説明の2"}
    actions.edit_text(
        row=measure, plan=plan, values=values, seen=fingerprint(measure, values), by=secretariat, reason="訂正"
    )  # fmt: skip
    items = list(measure.role_items.filter(actor=actor))
    plantext.save_roles(
        measure=measure, actor=actor, lines=[(None, "新しい役割"), *((item, item.text) for item in reversed(items))],
        seen=plantext.roles_mark(items), by=secretariat, reason="訂正",
    )  # fmt: skip
    made = plantext.add_action(
        measure=measure, actor=actor, values=WORDS,
        components=[], organizations=[office], since=plan.start_year + 1, by=secretariat, reason="追加",
    )  # fmt: skip
    plantext.end_action(action=made, last_year=plan.end_year, by=secretariat, reason="終了")
    row = april.draft_reorganization(
        kind="rename", year=plan.start_year + 1, sources=[office], targets=[april.Target(name="改めた課")],
        by=secretariat,
    )  # fmt: skip
    april.reorganize(reorganization=row, by=secretariat)

    first = dumped(plan, tmp_path / "first")
    assert "新しい取組".encode() in b"".join(first.values())
    rows = list(made.responsibilities.values_list("wording", "organization__name", "valid_from", "valid_to"))

    planfile.load(tmp_path / "first")
    assert dumped(Plan.objects.get(pk=plan.pk), tmp_path / "again") == first
    # Who answers from when is not in the files; loading leaves it as it was.
    assert list(made.responsibilities.values_list("wording", "organization__name", "valid_from", "valid_to")) == rows

    Action.objects.update(repeats=None)
    Action.objects.all().delete()
    Plan.objects.all().delete()
    assert dumped(planfile.load(tmp_path / "first"), tmp_path / "fresh") == first


def test_the_draft_of_the_next_plan_goes_out_and_comes_back(plan, secretariat, tmp_path):
    fields = {
        "slug": "the-next", "titles": ["次の計画"], "short_title": "次の計画", "vision": "共に",
        "start_year": plan.end_year + 1, "end_year": plan.end_year + 5,
    }  # fmt: skip
    draft = start_next_plan(predecessor=plan, fields=fields, fates={}, by=secretariat)
    first = dumped(Plan.objects.get(pk=draft.pk), tmp_path / "first")
    planfile.load(tmp_path / "first")
    assert dumped(Plan.objects.get(slug="the-next"), tmp_path / "again") == first
    assert Plan.objects.current() in (plan, None)
