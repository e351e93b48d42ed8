"""Scales in the plan's files and in the portal: a file never takes away what the secretariat made."""

import pytest

from measures import actions
from measures.planfile import save_scales
from tests.factories import ScaleFactory

pytestmark = pytest.mark.django_db

GRADE = {
    "code": "A", "label": "計画以上", "short_label": "計画以上", "mark": "ma", "tone": "a",
    "definition": "ファイルの定義", "is_rated": True, "needs_reason": False, "position": 1,
}  # fmt: skip
DIRECTION = {"code": "continue", "label": "継続", "needs_improvement": False, "ends_action": False, "position": 1}


def definitions(plan) -> dict:
    return {scale.name: list(scale.grades.values_list("definition", flat=True)) for scale in plan.scales.all()}


def test_a_file_changes_a_scale_nobody_uses_yet(plan):
    ScaleFactory(plan=plan, name="標準")
    save_scales(plan, [{"name": "標準", "grades": [GRADE], "directions": [DIRECTION]}])
    assert definitions(plan) == {"標準": ["ファイルの定義"]}


def test_a_file_leaves_used_and_handmade_scales_alone(plan, cycle, secretariat):
    actions.copy_scale(scale=cycle.scale, name="令和9年度から", by=secretariat)
    save_scales(plan, [{"name": name, "grades": [GRADE], "directions": [DIRECTION]} for name in ("標準", "新しい")])
    assert definitions(plan) == {"標準": ["定義"] * 5, "令和9年度から": ["定義"] * 5, "新しい": ["ファイルの定義"]}
