"""The staff side: the overview for those who read the year, the lists for the secretariat."""

import datetime

import pytest

from measures.workflow import CycleState
from reoffense.models import Event, Partner

OVERVIEW = "/staff/reoffense/"


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        ("secretariat", 200),
        ("auditor", 200),
        ("writer", 200),
        ("approver", 200),
        ("committee", 200),
        ("sysadmin", 403),
        ("nobody", 403),
    ],
)
def test_who_opens_the_overview(request, client_of, areas, cycle, persona, status):
    assert client_of(request.getfixturevalue(persona)).get(OVERVIEW).status_code == status


def test_a_plan_without_a_component_says_so(client_of, secretariat, plan):
    response = client_of(secretariat).get(OVERVIEW)
    assert response.templates[0].name == "reoffense/none.html"


@pytest.mark.parametrize("name", ["check.pdf", "check.xlsx"])
def test_a_plan_without_a_component_has_no_check_table(client_of, secretariat, cycle, name):
    assert client_of(secretariat).get(f"{OVERVIEW}{cycle.year}/{name}").status_code == 404


@pytest.mark.parametrize("name", ["check.pdf", "check.xlsx"])
def test_the_check_table_is_for_those_who_may_see_the_counts(client_of, secretariat, writer, areas, cycle, name):
    address = f"{OVERVIEW}{cycle.year}/{name}"
    assert [client_of(person).get(address).status_code for person in (secretariat, writer)] == [200, 403]


def test_before_the_committee_meets_its_members_see_no_running_year(client_of, committee, areas, cycle):
    response = client_of(committee).get(OVERVIEW)
    assert response.context["cycle"] is None
    assert response.context["not_yet"] == (
        "令和7年度の評価の集計は、「委員会審議」の段階から見られます。いまは「入力受付」の段階です。"
    )


def test_in_the_committee_stage_they_do(client_of, committee, areas, cycle):
    cycle.state = CycleState.COMMITTEE
    cycle.save()
    assert client_of(committee).get(OVERVIEW).context["cycle"] == cycle


def test_the_secretariat_adds_changes_and_removes_a_partner(client_of, secretariat, areas):
    client = client_of(secretariat)
    assert client.post("/staff/reoffense/partners/new/", {"name": "保護司"}).headers["Location"] == OVERVIEW
    row = Partner.objects.get()
    client.post(f"/staff/reoffense/partners/{row.pk}/", {"name": "保護司", "role": "見守り", "known_as": "保護司"})
    assert Partner.objects.values_list("name", "role", "known_as").get() == ("保護司", "見守り", "保護司")
    client.post(f"/staff/reoffense/partners/{row.pk}/remove/")
    assert not Partner.objects.exists()


def test_a_name_that_is_taken_is_refused_with_what_was_typed(client_of, secretariat, areas, plan):
    Partner.objects.create(plan=plan, name="保護司", position=1)
    response = client_of(secretariat).post("/staff/reoffense/partners/new/", {"name": "保護司", "role": "長い説明"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"name": ["「保護司」は、もう名簿にあります。"]}
    assert "長い説明" in response.content.decode()


def test_the_secretariat_adds_changes_and_removes_an_event(client_of, secretariat, areas):
    client = client_of(secretariat)
    client.post("/staff/reoffense/events/new/", {"title": "推進大会", "starts_on": "2026-07-01"})
    row = Event.objects.get()
    given = {"title": "推進大会", "starts_on": "2026-07-01", "ends_on": "2026-07-31"}
    client.post(f"/staff/reoffense/events/{row.pk}/", given)
    assert Event.objects.get().ends_on == datetime.date(2026, 7, 31)
    client.post(f"/staff/reoffense/events/{row.pk}/remove/")
    assert not Event.objects.exists()


def test_an_event_that_ends_before_it_begins_is_refused(client_of, secretariat, areas):
    given = {"title": "推進大会", "starts_on": "2026-07-02", "ends_on": "2026-07-01"}
    response = client_of(secretariat).post("/staff/reoffense/events/new/", given)
    assert response.status_code == 422
    assert response.context["form"].errors == {"ends_on": ["終わりの日は、始まりの日より後の日にしてください。"]}
    assert not Event.objects.exists()


@pytest.mark.parametrize("persona", ["writer", "approver", "committee", "auditor", "sysadmin", "nobody"])
@pytest.mark.parametrize("path", ["partners/new/", "partners/{}/", "partners/{}/remove/", "events/new/"])
def test_the_lists_are_the_secretariats(request, client_of, areas, plan, persona, path):
    row = Partner.objects.create(plan=plan, name="保護司", position=1)
    response = client_of(request.getfixturevalue(persona)).post(OVERVIEW + path.format(row.pk), {"name": "別の名"})
    assert response.status_code == 403
    assert list(Partner.objects.values_list("name", flat=True)) == ["保護司"]
