"""The band of the staff side: short for everyone, and nothing a person may open is out of reach."""

import pytest
from django.urls import reverse

from mine_welfare.publication.context import PLACES, daily, places_of

BAND = {
    "writer": ["ホーム", "個票", "Excel", "ダッシュボード", "意見への回答", "その他"],
    "approver": ["ホーム", "課長確認", "個票", "Excel", "ダッシュボード", "意見への回答", "その他"],
    "secretariat": ["提出状況", "個票", "ダッシュボード", "施策の評価", "意見", "資料", "その他"],
    "auditor": ["提出状況", "個票", "ダッシュボード", "施策の評価", "意見", "資料", "その他"],
    "committee": ["個票", "ダッシュボード", "施策の評価", "意見", "再犯防止", "配付資料"],
    "sysadmin": ["利用者", "組織", "その他"],
    "nobody": [],
}


@pytest.mark.parametrize(("persona", "labels"), BAND.items())
def test_the_band_holds_what_a_persona_does_daily(request, persona, labels):
    assert [label for label, _ in daily(request.getfixturevalue(persona))] == labels


@pytest.mark.parametrize("persona", BAND)
def test_every_place_on_the_page_opens(request, client_of, entry, persona):
    person = request.getfixturevalue(persona)
    client = client_of(person)
    names = [place.name for _, places in places_of(person) for place in places]
    answers = {name: client.get(reverse(name), follow=True).status_code for name in names}
    assert answers == dict.fromkeys(names, 200)


def test_each_place_stands_once_and_says_its_use():
    places = [place for group in PLACES.values() for place in group]
    assert len({place.name for place in places}) == len(places)
    assert [place.label for place in places if not place.use.endswith("。")] == []
