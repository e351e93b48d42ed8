"""After a 組織改編: what citizens and staff see of the years before and after it."""

import re

import pytest
from django.utils import timezone

from measures.actions import april
from measures.actions.april import Target
from measures.models import Entry
from measures.queries import staff
from measures.workflow import CycleState, EntryState
from mine_welfare.accounts.models import Organization
from mine_welfare.toolkit.fiscal import fiscal_year
from tests.factories import CycleFactory, EntryFactory, OrganizationFactory, ResponsibilityFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    return fiscal_year(timezone.localdate())


@pytest.fixture
def plan(plan, year):
    plan.start_year, plan.end_year = year - 1, year + 3
    plan.save()
    return plan


@pytest.fixture
def published(plan, entry, year):
    """Last year's sheet, published under the old name."""
    cycle = entry.cycle
    cycle.year, cycle.state, cycle.published_at = year - 1, CycleState.CLOSED, timezone.now()
    cycle.save()
    return fill(entry, "B", state=EntryState.FIXED)


def rename(office, by, year, name="地域福祉課") -> Organization:
    row = april.draft_reorganization(kind="rename", year=year, sources=[office], targets=[Target(name=name)], by=by)
    april.reorganize(reorganization=row, by=by)
    return Organization.objects.get(name=name)


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def test_published_years_keep_the_old_name_and_the_contact_is_the_new_one(client, published, office, secretariat, year):
    new = rename(office, secretariat, year)
    Organization.objects.filter(pk=new.pk).update(phone="0837-99-9999")
    page = client.get(f"/measures/{published.action.measure.code}/").text
    table, contact = page.split('id="h-contact"')
    assert ("福祉課</a>" in table, "地域福祉課" in table) == (True, False)
    assert ("地域福祉課" in contact, "0837-99-9999" in contact) == (True, True)


def test_the_action_is_answered_by_the_new_one(client, published, office, secretariat, year):
    rename(office, secretariat, year)
    page = client.get(f"/actions/{published.action.code}/").text
    facts = re.search(r"<dt>担当</dt>(.*?)</dd>", page, re.DOTALL)[1]
    assert re.findall(r">([^<]+)</a>", facts) == ["地域福祉課"]


def test_the_old_ones_page_leads_to_the_new_one(client, published, office, secretariat, year):
    rename(office, secretariat, year)
    text = words(client.get("/organizations/welfare/"))
    assert "までの組織です。いまは 地域福祉課 が引き継いでいます。" in text


def test_a_year_written_by_the_new_one_shows_its_name(client, published, office, secretariat, year):
    """The year that ended is evaluated in the next: the responsibility is still the old one's."""
    new = rename(office, secretariat, year)
    Entry.objects.update(organization=new)
    page = client.get(f"/measures/{published.action.measure.code}/").text.split('id="h-contact"')[0]
    row = page[page.index(published.action.code) :]
    assert ("地域福祉課" in row, "未回答" in row, 'rowspan="1"' in row) == (True, False, True)


def test_two_that_became_one_stand_once(client, published, office, secretariat, year):
    general = OrganizationFactory(name="総務課")
    ResponsibilityFactory(action=published.action, organization=general, wording="総務課")
    row = april.draft_reorganization(
        kind="merge", year=year, sources=[office, general], targets=[Target(name="総合課")], by=secretariat
    )  # fmt: skip
    april.reorganize(reorganization=row, by=secretariat)
    published.cycle.year = year
    published.cycle.save()
    Entry.objects.update(organization=Organization.objects.get(name="総合課"))
    page = client.get(f"/measures/{published.action.measure.code}/").text
    assert page[page.index("<tbody") : page.index('id="h-years"')].count("総合課</a>") == 1


def test_the_list_pairs_this_year_with_the_old_ones_sheet(published, office, secretariat, year):
    """And costs nothing where nobody handed anything on."""
    new = rename(office, secretariat, year)
    cycle = CycleFactory(plan=published.cycle.plan, scale=published.cycle.scale, year=year)
    other = EntryFactory(cycle=published.cycle, action=published.action, organization=OrganizationFactory())
    mine = EntryFactory(cycle=cycle, action=published.action, organization=new)
    stranger = EntryFactory(cycle=cycle, action=published.action, organization=OrganizationFactory())
    rows = {row.pk: row.previous for row in staff.with_previous(cycle.entries.all(), cycle)}
    assert rows == {mine.pk: published, stranger.pk: None}
    assert Entry.objects.get(pk=mine.pk).previous == published
    assert other not in rows.values()
