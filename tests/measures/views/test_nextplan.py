"""次期計画: its pages, and that citizens see nothing of the draft."""

import csv
import io
import re

import pytest

from measures.models import ActionLink, Measure, MeasureLink
from plans.models import Plan
from tests.factories import ActionFactory, CycleFactory, MeasureFactory, OpinionFactory, ReviewFactory
from tests.personas import PERSONAS
from tests.portal import portal_of

pytestmark = pytest.mark.django_db

WIZARD = "/staff/next-plan/"
READERS = ("secretariat", "auditor", "committee")


@pytest.fixture
def desk(secretariat, client_of):
    return client_of(secretariat)


@pytest.fixture
def measures(action):
    """Two measures of the plan that ends."""
    return [action.measure, MeasureFactory(policy=action.measure.policy)]


def form(measures, **more) -> dict:
    fates = {f"fate-{measure.pk}": "same" for measure in measures}
    return fates | {
        "titles": "第4次計画\n第4次活動計画", "short_title": "第4次計画", "vision": "共に", "slug": "the-next",
        "start_year": "2030", "end_year": "2034",
    } | more  # fmt: skip


def banners(response) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', response.text)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


@pytest.fixture
def draft(desk, measures) -> Plan:
    desk.post(WIZARD, form(measures))
    return Plan.objects.get(slug="the-next")


# ---- who may ------------------------------------------------------------------------
@pytest.mark.parametrize("persona", PERSONAS)
def test_who_opens_which_page(request, persona, client_of, plan, draft):
    client = client_of(request.getfixturevalue(persona))
    measure, action = draft.measures.first(), draft.actions.first()
    reads = [f"{plan.slug}/review/", f"{plan.slug}/review/?format=csv", "the-next/lineage/"]
    writes = [f"the-next/lineage/measures/{measure.pk}/", f"the-next/lineage/actions/{action.pk}/"]
    read = {client.get(f"/staff/plan/{path}").status_code for path in reads}
    write = {client.get(f"/staff/plan/{path}").status_code for path in writes} | {client.get(WIZARD).status_code}
    write.add(200 if client.post("/staff/plan/the-next/take-reviews/").status_code == 302 else 403)
    assert read == {200 if persona in READERS else 403}
    assert write == {200 if persona == "secretariat" else 403}


# ---- the draft ---------------------------------------------------------------------------
def test_the_wizard_proposes_the_next_years(desk, plan, action):
    Plan.objects.update(short_title="第3次計画", titles=["第3次計画"])
    page = desk.get(WIZARD)
    assert 'value="第4次計画"' in page.text
    assert re.findall(r'name="(?:slug|start_year|end_year)" value="([^"]*)"', page.text) == [
        "plan-2030",
        "2030",
        "2034",
    ]


def test_from_the_wizard_to_the_lineage(desk, plan, measures):
    first, second = measures
    done = desk.post(WIZARD, form(measures) | {f"fate-{second.pk}": str(first.pk)}, follow=True)
    assert done.redirect_chain == [("/staff/plan/the-next/lineage/", 302)]
    draft = Plan.objects.get(slug="the-next")
    assert (draft.titles, draft.vision, draft.years) == (["第4次計画", "第4次活動計画"], "共に", range(2030, 2035))
    assert ("統合 1" in words(done), "継続 1" in words(done)) == (True, True)
    again = desk.post(WIZARD, form(measures, slug="another"))
    assert (again.status_code, Plan.objects.count()) == (422, 2)
    assert "次期計画の素案は、もうあります" in desk.get(WIZARD).text


PUBLIC = (
    "/", "/plan/", "/goals/", "/plan/chapters/1/", "/measures/1-1-1/", "/organizations/", "/search/?q=窓口",
    "/glossary/", "/opendata/", "/opendata/measures.csv", "/opendata/actions.csv", "/opendata/roles.csv",
    "/opendata/responsibilities.csv",
)  # fmt: skip


def test_citizens_see_nothing_of_the_draft(desk, client):
    plan = portal_of(2)
    before = {path: client.get(path).content for path in PUBLIC}
    desk.post(WIZARD, form(plan.measures.all()))
    draft = Plan.objects.get(slug="the-next")
    desk.post(f"/staff/plan/policies/{draft.measures.first().policy_id}/measures/new/", {"title": "秘密の施策"})
    assert draft.measures.filter(title="秘密の施策").exists()
    assert {path: client.get(path).content for path in PUBLIC} == before
    assert Plan.objects.current() == plan


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"slug": "日本語"}, "識別名："),
        ({"titles": ""}, "計画名：入力してください。"),
        ({"start_year": "2028"}, "始まりの年度は、いまの計画が終わる2029年度より後にしてください。"),
        ({"end_year": "x"}, "終わりの年度（西暦）："),
        ({"end_year": "9" * 30}, "終わりの年度（西暦）："),
        ({"fate": "nonsense"}, ""),
        ({"fate": "999999"}, ""),
    ],
)
def test_a_plan_that_cannot_begin(desk, measures, data, sentence):
    data = {f"fate-{measures[0].pk}" if name == "fate" else name: value for name, value in data.items()}
    answer = desk.post(WIZARD, form(measures) | data)
    assert answer.status_code == 422
    assert (sentence or f"{measures[0]}：") in words(answer)
    assert Plan.objects.count() == 1


def test_before_a_plan_is_loaded_there_is_no_next(desk):
    assert desk.get(WIZARD).status_code == 404


# ---- 計画の評価・見直し ------------------------------------------------------------------------
def test_the_closing_table_as_page_and_file(desk, plan, draft, measures):
    cycle = CycleFactory(plan=plan, year=2029, state="closed", is_sample=True)
    ReviewFactory(cycle=cycle, measure=measures[0], summary="=評価\n課題", policy="続ける")
    page = desk.get(f"/staff/plan/{plan.slug}/review/")
    assert "2施策のうち 1施策が記入済みです。" in words(page)
    assert "sample-band" in page.text
    file = desk.get(f"/staff/plan/{plan.slug}/review/?format=csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[:2] == [
        ["施策番号", "施策", "主な評価と課題", "見直し方針", "評価", "評価の年度", "次期計画の施策"],
        [measures[0].code, measures[0].title, "'=評価／課題", "続ける", "", "2029", draft.measures.first().code],
    ]
    taken = desk.post("/staff/plan/the-next/take-reviews/", follow=True)
    assert banners(taken)[-1] == "「計画の評価・見直し」を1件取り込みました。"
    Plan.objects.filter(pk=plan.pk).update(is_current=False)
    Plan.objects.filter(pk=draft.pk).update(is_current=True)
    refused = desk.post("/staff/plan/the-next/take-reviews/", follow=True)
    assert banners(refused)[-1] == "公開している計画の「計画の評価・見直し」は、取り込み直せません。"


# ---- what goes on in what ------------------------------------------------------------------------
def test_links_are_changed_by_hand(desk, draft, action, measures):
    one = Measure.objects.of_plan(draft).first()
    path = f"/staff/plan/the-next/lineage/measures/{one.pk}/"
    assert desk.get(path).text.count(" checked") == 1
    desk.post(path, {"before": [str(measure.pk) for measure in measures]})
    assert MeasureLink.objects.filter(after=one).count() == 2
    own = draft.actions.first()
    path = f"/staff/plan/the-next/lineage/actions/{own.pk}/"
    assert desk.get(path).text.count(" checked") == 1
    desk.post(path, {})
    assert ActionLink.objects.count() == 0
    assert ("新規 1" in words(desk.get("/staff/plan/the-next/lineage/"))) is True
    wrong = desk.post(path, {"before": [str(own.pk)]})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    "path", ["nothing/review/", "nothing/lineage/", "plan/lineage/", "the-next/lineage/measures/999999/"]
)
def test_what_there_is_not(desk, draft, path):
    assert desk.get(f"/staff/plan/{path}").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_pages(desk, rows, django_assert_num_queries):
    plan = portal_of(rows)
    OpinionFactory(cycle=plan.cycles.first())
    with django_assert_num_queries(6):
        desk.get(WIZARD)
    desk.post(WIZARD, form(plan.measures.all()))
    for measure in plan.measures.all():
        ActionFactory(measure=measure, actor=measure.actions.first().actor)
    with django_assert_num_queries(12):
        desk.get("/staff/plan/the-next/lineage/")
    with django_assert_num_queries(9):
        desk.get(f"/staff/plan/{plan.slug}/review/")
