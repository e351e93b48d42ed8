"""The lists of papers and meetings as Excel and CSV."""

import datetime
from unittest.mock import ANY

import pytest

from mine_welfare.publication.models import Meeting, Paper
from tests.tables import EveryList, Table

pytestmark = pytest.mark.django_db


def papers(get, rows):
    for number in range(rows):
        Paper.objects.create(
            plan=get("plan"), cycle=get("cycle"), kind="list", title=f"=一覧{number}", asked_by=get("secretariat")
        )


def own_papers(get, rows):
    papers(get, 1)
    Paper.objects.update(title="ほかの人の資料")
    for number in range(rows):
        Paper.objects.create(
            plan=get("plan"), cycle=get("cycle"), kind="sheets", title=f"個票{number}", asked_by=get("writer")
        )


def meetings(get, rows):
    for number in range(rows):
        day = datetime.date(2026, 7, 1 + number)
        Meeting.objects.create(cycle=get("cycle"), name=f"第{number}回", held_on=day, agenda="開会\n閉会")


HEAD = ["資料", "種類", "年度", "状態", "ページ数", "求めた日時", "求めた人"]
TABLES = {
    "作成した資料": Table(
        "/staff/papers/", papers, HEAD, ["'=一覧0", "一覧", "2025", "順番待ち", "", ANY, "事務 局"],
        lambda page: [row.title.replace("=", "'=") for row in page["papers"]], "資料", 6,
    ),
    "自分の資料": Table(
        "/staff/papers/", own_papers, HEAD, ["個票0", "個票", "2025", "順番待ち", "", ANY, "担当 者"],
        lambda page: [row.title for row in page["papers"]], "資料", 6,
        readers=frozenset({"secretariat", "auditor", "writer"}), by="writer",
    ),
    "会議": Table(
        "/staff/meetings/", meetings,
        ["年度", "会議の名称", "開催日", "場所", "次第", "資料の配付日"],
        ["2025", "第0回", "2026-07-01", "", "開会／閉会", ""],
        lambda page: [row.name for row in page["meetings"]], "会議の名称", 6, readers=frozenset({"secretariat"}),
    ),
}  # fmt: skip


class TestLists(EveryList):
    tables = TABLES
