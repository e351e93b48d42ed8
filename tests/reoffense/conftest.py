"""A component with two areas, of which one repeats and refers."""

import pytest

from measures.models import ActionGroup, Responsibility
from plans.models import Component
from reoffense.models import FocusArea
from tests.factories import ActionFactory, ActorFactory, MeasureFactory, ResponsibilityFactory


@pytest.fixture
def component(plan) -> Component:
    return Component.objects.create(
        plan=plan, code="reoffense", title="再犯防止推進計画", edition="第2次", owner="架空市", position=1
    )


@pytest.fixture
def carrier(plan):
    """The measure that carries the component."""
    return MeasureFactory(policy__goal__plan=plan, title="再犯防止のための支援")


@pytest.fixture
def areas(component, carrier, office) -> list[FocusArea]:
    """ア with one action of its own, イ with a 再掲 and a reference; one action of the 社協 outside both."""
    elsewhere = MeasureFactory(policy=carrier.policy, title="防犯")
    repeated = ActionFactory(measure=elsewhere, title="児童クラブ")
    ResponsibilityFactory(action=repeated, organization=office)
    found = []
    for place, label in enumerate("アイ", start=1):
        see = elsewhere if label == "イ" else None
        group = ActionGroup.objects.create(
            measure=carrier, label=label, title="安全", position=place, closing="その他", see=see
        )
        found.append(FocusArea.objects.create(component=component, group=group, position=place))
    own = ActionFactory(measure=carrier, group=found[0].group, number=1, title="防犯灯")
    ResponsibilityFactory(action=own, organization=office)
    again = ActionFactory(measure=carrier, group=found[1].group, number=2, title="児童クラブ", repeats=repeated)
    ResponsibilityFactory(action=again, organization=office)
    seen = ActionFactory(measure=carrier, group=found[1].group, number=3, title="各種相談", see=elsewhere)
    Responsibility.objects.create(action=seen, wording="関係課", position=1)
    shakyo = ActorFactory(
        plan=component.plan, code="shakyo", letter="S", label="社会福祉協議会", office="社協", position=3
    )
    alone = ActionFactory(measure=carrier, actor=shakyo, number=1, title="就労の支援")
    component.actions.add(own, again, seen, alone)
    return found
