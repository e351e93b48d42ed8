"""公表 as the browser sees it: the preview, taking back, 訂正, and what citizens read of it."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from measures.models import Correction, Cycle, Entry
from measures.workflow import CycleState, EntryState
from plans.models import Plan
from tests.factories import OpinionFactory, ResponseFactory, ReviewFactory, fill
from tests.personas import PERSONAS

pytestmark = pytest.mark.django_db


def in_stage(cycle: Cycle, stage: CycleState) -> Cycle:
    shown = timezone.now() if stage in (CycleState.PUBLISHED, CycleState.CLOSED) else None
    Cycle.objects.filter(pk=cycle.pk).update(state=stage, published_at=shown)
    cycle.refresh_from_db()
    return cycle


def banners(page) -> list[str]:
    return re.findall(r'class="banner-title">([^<]*)<', page.text)


def words(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.text))


@pytest.fixture
def ready(entry):
    """A year about to be published, with everything citizens will read of it."""
    in_stage(entry.cycle, CycleState.FIXED)
    fill(entry, state=EntryState.ACCEPTED, result="会議を2回開いた。", version=1)
    measure = entry.action.measure
    grade = entry.cycle.scale.grades.get(code="B")
    review = {"first_comment": "庁内の所見文", "second_comment": "委員会の所見文", "policy": "方針文"}
    ReviewFactory(cycle=entry.cycle, measure=measure, second_rating=grade, summary="まとめ文", **review)
    ResponseFactory(opinion=OpinionFactory(cycle=entry.cycle, measure=measure, text="施策への意見文"), text="回答文")
    OpinionFactory(cycle=entry.cycle, measure=measure, text="受付前の意見文", received_at=None)
    OpinionFactory(cycle=entry.cycle, text="全体への意見文")
    return entry


@pytest.fixture
def published(ready):
    Entry.objects.update(state=EntryState.FIXED)
    ready.refresh_from_db()
    in_stage(ready.cycle, CycleState.PUBLISHED)
    # Written past the actions, which would have moved the plan's edition.
    ready.cycle.plan.touch()
    return ready


# ---- preview ----------------------------------------------------------------
def pages(entry: Entry) -> list[str]:
    measure = entry.action.measure
    return [
        "", "goals/", f"goals/{measure.policy.goal.number}/", f"policies/{measure.policy.code}/",
        f"measures/{measure.code}/", f"actions/{entry.action.code}/", "organizations/", "organizations/welfare/",
        "evaluations/", "evaluations/2025/", "corrections/",
    ]  # fmt: skip


def said(text: str) -> str:
    """The page but for the band of the preview, the links led into it, and the moments nobody can make equal."""
    text = re.sub(r'<aside class="preview-band".*?</aside>|<time.*?</time>', "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("/staff/cycles/2025/preview", ""))


def test_the_preview_is_what_citizens_will_see(ready, secretariat, client_of):
    client, citizen = client_of(secretariat), Client()
    preview = {page: said(client.get(f"/staff/cycles/2025/preview/{page}").text) for page in pages(ready)}
    Entry.objects.update(state=EntryState.FIXED)
    in_stage(ready.cycle, CycleState.PUBLISHED)
    ready.cycle.plan.touch()
    assert preview == {page: said(citizen.get(f"/{page}").text) for page in pages(ready)}


def test_every_page_of_the_preview_is_marked_and_leads_on(ready, secretariat, client_of):
    client, measure = client_of(secretariat), ready.action.measure
    for page in pages(ready):
        shown = client.get(f"/staff/cycles/2025/preview/{page}")
        assert shown.text.count('<aside class="preview-band"') == 1
        assert "令和7年度の評価を公表すると、市民に見える画面です。まだ公表していません。" in words(shown)
        assert shown["Cache-Control"] == "private, no-store"
    shown = client.get(f"/staff/cycles/2025/preview/measures/{measure.code}/").text
    links = set(re.findall(r'<a [^>]*?href="(/(?:staff/cycles/2025/preview/)?\w[^"]*)"', shown))
    assert f"/staff/cycles/2025/preview/actions/{ready.action.code}/" in links
    assert f"/actions/{ready.action.code}/" not in links
    assert "/staff/cycles/2025/publication/" in links


def test_the_preview_has_no_dead_ends(ready, secretariat, client_of):
    client, found = client_of(secretariat), set()
    for page in pages(ready):
        shown = client.get(f"/staff/cycles/2025/preview/{page}").text
        found |= set(re.findall(r'<a [^>]*?href="(/staff/cycles/2025/preview/[^"#?]*)', shown))
    # This plan carries no 再犯防止推進計画.
    found.discard("/staff/cycles/2025/preview/reoffense/")
    assert {link: client.get(link).status_code for link in found} == dict.fromkeys(found, 200)
    assert f"/staff/cycles/2025/preview/actions/{ready.action.code}/" in found


def test_a_preview_leaves_nothing_for_citizens(ready, secretariat, client_of):
    measure, citizen = ready.action.measure, Client()
    before = citizen.get(f"/measures/{measure.code}/").text
    shown = client_of(secretariat).get(f"/staff/cycles/2025/preview/measures/{measure.code}/").text
    after = citizen.get(f"/measures/{measure.code}/").text
    for text, expected in ((before, False), (shown, True), (after, False)):
        assert [one in text for one in ("計画どおり", "まとめ文", "施策への意見文")] == [expected] * 3
    assert (before, citizen.get("/evaluations/2025/").status_code) == (after, 404)
    assert (Cycle.objects.get().state, Entry.objects.get().state) == ("fixed", "accepted")


def test_the_preview_of_the_measure_holds_what_was_received_and_confirmed(ready, secretariat, client_of):
    shown = client_of(secretariat).get(f"/staff/cycles/2025/preview/measures/{ready.action.measure.code}/").text
    expected = {
        "施策への意見文": True, "回答文": True, "庁内の所見文": True, "委員会の所見文": True, "方針文": True,
        "受付前の意見文": False, "全体への意見文": False,
    }  # fmt: skip
    assert {one: one in shown for one in expected} == expected
    year = client_of(secretariat).get("/staff/cycles/2025/preview/evaluations/2025/").text
    assert ("全体への意見文" in year, "施策への意見文" in year) == (True, False)


@pytest.mark.parametrize("path", ["staff/people/", "search/", "downloads/plan.pdf", "admin/", "measures/9-9-9/", "x/"])
def test_nothing_else_is_previewed(ready, secretariat, client_of, path):
    assert client_of(secretariat).get(f"/staff/cycles/2025/preview/{path}").status_code == 404
    assert Cycle.objects.get().state == "fixed"


def test_the_preview_is_for_the_secretariat_alone(request, ready, client_of):
    for page in ("preview/", "preview/evaluations/2025/"):
        found = {
            who: client_of(request.getfixturevalue(who)).get(f"/staff/cycles/2025/{page}").status_code
            for who in PERSONAS
        }
        assert found == dict.fromkeys(PERSONAS, 403) | {"secretariat": 200}


# ---- the page of publication ------------------------------------------------
def test_who_opens_the_page(request, ready, client_of):
    found = {
        who: client_of(request.getfixturevalue(who)).get("/staff/cycles/2025/publication/").status_code
        for who in PERSONAS
    }
    assert found == dict.fromkeys(PERSONAS, 403) | {"secretariat": 200, "auditor": 200}


def test_publishing_taking_back_and_publishing_again(ready, secretariat, client_of):
    client, page, citizen = client_of(secretariat), "/staff/cycles/2025/publication/", Client()
    assert client.get("/staff/publication/")["Location"] == page
    assert "まだ公表していません。" in words(client.get(page))
    Entry.objects.update(state=EntryState.FIXED)
    client.post("/staff/cycles/2025/move/", {"seen": "fixed", "forward": ""})
    assert (citizen.get("/evaluations/2025/").status_code, "公表しています。" in words(client.get(page))) == (200, True)
    assert banners(client.post("/staff/cycles/2025/unpublish/", {"reason": ""}, follow=True)) == [
        "公表の取下げには、理由が必要です。"
    ]
    taken = client.post("/staff/cycles/2025/unpublish/", {"reason": "数値の誤り"}, follow=True)
    assert banners(taken) == ["令和7年度の評価の公表を取り下げました。市民の画面には、この年度の内容は出ません。"]
    assert "理由：数値の誤り" in words(taken)
    assert [citizen.get(one).status_code for one in ("/evaluations/2025/", "/evaluations/")] == [404, 200]
    measure = citizen.get(f"/measures/{ready.action.measure.code}/").text
    assert [one in measure for one in ("まとめ文", "施策への意見文", "方針文")] == [False] * 3
    assert client.get("/staff/cycles/2025/preview/evaluations/2025/").status_code == 200
    again = client.post("/staff/cycles/2025/republish/", follow=True)
    assert (banners(again), citizen.get("/evaluations/2025/").status_code) == (
        ["令和7年度の評価を、もう一度公表しました。"],
        200,
    )
    refused = client.post("/staff/cycles/2025/republish/", follow=True)
    assert banners(refused) == ["令和7年度の評価は、もう公表しています。"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_at_any_length(
    published, secretariat, client_of, rows, django_assert_num_queries
):
    for _ in range(rows):
        Correction.objects.create(cycle=published.cycle, entry=published, label="課題", reason="誤り", by=secretariat)
    client = client_of(secretariat)
    with django_assert_num_queries(11):
        page = client.get("/staff/cycles/2025/publication/")
    assert len(page.context["corrections"]) == rows


def test_without_a_year_there_is_nothing_to_publish(plan, secretariat, client_of):
    assert "評価の年度は、まだ用意されていません" in client_of(secretariat).get("/staff/publication/").text


# ---- 訂正 -------------------------------------------------------------------
def sent_of(page) -> dict:
    """What the form of a page would send as it stands."""
    return {name: value if value is not None else "" for name, value in page.context["form"].initial.items()} | {
        "version": page.context["form"].instance.version
    }


def test_a_correction_is_read_by_citizens(published, secretariat, client_of):
    client, address, citizen = client_of(secretariat), f"/staff/corrections/entry/{published.pk}/", Client()
    version = Plan.objects.get().version
    sent = sent_of(client.get(address)) | {"result": "会議を3回開いた。", "why": "件数の誤り"}
    sent.pop("no_budget")
    done = client.post(address, sent, follow=True)
    assert (done.redirect_chain, banners(done)) == (
        [("/staff/cycles/2025/publication/", 302)],
        ["1項目を訂正しました。訂正の前の内容と理由は、記録に残りました。"],
    )
    published.refresh_from_db()
    assert (published.state, published.result, Plan.objects.get().version) == (
        "fixed",
        "会議を3回開いた。",
        version + 1,
    )
    for page in (
        f"/actions/{published.action.code}/",
        f"/measures/{published.action.measure.code}/",
        "/evaluations/2025/",
        "/corrections/",
    ):
        text = citizen.get(page).text
        assert f"{published.action}（福祉課）　取組実績</h" in text
        assert re.findall(r"<del>([^<]*)</del>|<ins>([^<]*)</ins>", text) == [("2", ""), ("", "3")]
        assert ("理由：件数の誤り" in text, secretariat.name in text) == (True, False)


def test_a_correction_without_a_reason_keeps_what_was_typed(published, secretariat, client_of):
    client, address = client_of(secretariat), f"/staff/corrections/entry/{published.pk}/"
    sent = sent_of(client.get(address)) | {"result": "書いた文章", "why": ""}
    sent.pop("no_budget")
    page = client.post(address, sent)
    assert (page.status_code, "訂正の理由を入力してください。" in page.text, "書いた文章</textarea>" in page.text) == (
        422,
        True,
        True,
    )
    page = client.post(address, sent | {"result": "", "why": "誤り"})
    assert (page.status_code, Correction.objects.count()) == (409, 0)
    assert "公表する内容の必須の項目は空にできません（取組実績）。" in page.text


def test_two_people_correcting_see_both(published, secretariat, client_of):
    client, address = client_of(secretariat), f"/staff/corrections/entry/{published.pk}/"
    sent = sent_of(client.get(address)) | {"result": "わたし", "why": "誤り"}
    sent.pop("no_budget")
    published.result, published.version = "相手", 2
    published.save()
    page = client.post(address, sent)
    assert page.status_code == 409
    assert re.findall(r"<del>(\S+)</del>|<ins>(\S+)</ins>", page.text) == [("相手", ""), ("", "わたし")]
    assert client.post(address, sent | {"version": 2}).status_code == 302


def test_the_form_has_what_citizens_read_and_no_more(published, secretariat, client_of):
    client, measure = client_of(secretariat), published.action.measure
    review, opinion = measure.reviews.get(), measure.opinions.filter(received_at__isnull=False).get()
    for kind, pk, names in (
        (
            "entry",
            published.pk,
            "planned result rating reason issues direction improvement next_plan budget settlement no_budget",
        ),
        ("review", review.pk, "first_rating first_comment second_rating second_comment summary policy"),
        ("opinion", opinion.pk, "text meeting"),
        ("response", opinion.responses.get().pk, "text reflection"),
    ):
        page = client.get(f"/staff/corrections/{kind}/{pk}/")
        assert [bound.name for bound, _ in page.context["fields"]] == names.split()


def test_reviews_and_answers_are_corrected_too(published, secretariat, client_of):
    client, measure = client_of(secretariat), published.action.measure
    review = measure.reviews.get()
    sent = {"version": 0, "second_rating": review.second_rating_id, "summary": "直したまとめ", "why": "誤り"}
    sent |= {"first_comment": "庁内の所見文", "second_comment": "委員会の所見文", "policy": "方針文"}
    assert client.post(f"/staff/corrections/review/{review.pk}/", sent).status_code == 302
    answer = measure.opinions.filter(received_at__isnull=False).get().responses.get()
    sent = {"version": 0, "text": "回答文", "reflection": "done", "why": "誤り"}
    assert client.post(f"/staff/corrections/response/{answer.pk}/", sent).status_code == 302
    told = Correction.objects.values_list("label", "before", "after")
    assert list(told) == [("主な評価と課題", "まとめ文", "直したまとめ"), ("反映状況", "今後反映", "反映済")]
    citizen = Client().get(f"/measures/{measure.code}/").text
    assert ("直したまとめ" in citizen, f"{measure} への意見に対する市の考え方　反映状況" in citizen) == (True, True)


def test_who_corrects(request, published, client_of):
    address = f"/staff/corrections/entry/{published.pk}/"
    found = {who: client_of(request.getfixturevalue(who)).get(address).status_code for who in PERSONAS}
    assert found == dict.fromkeys(PERSONAS, 403) | {"secretariat": 200}


def test_before_the_year_is_fixed_there_is_no_form(entry, secretariat, client_of):
    client, address = client_of(secretariat), f"/staff/corrections/entry/{entry.pk}/"
    page = client.get(address)
    assert (banners(page), "<textarea" in page.text) == (["いまは訂正できません"], False)
    assert client.post(address, {"version": 0, "why": "誤り", "result": "一"}).status_code == 409
    assert [client.get(f"/staff/corrections/{one}/").status_code for one in ("plan/1", "entry/999999")] == [404, 404]


def test_where_nothing_was_corrected_citizens_are_told(published):
    assert "訂正した内容は、ありません" in Client().get("/corrections/").text
    assert "訂正履歴</h2>" not in Client().get("/evaluations/2025/").text
