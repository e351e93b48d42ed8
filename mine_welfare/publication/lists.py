"""The columns of the staff's tables of papers and meetings, for Excel and CSV."""

from mine_welfare.toolkit.lists import Field

# 作成した資料.
PAPERS = [
    Field("資料", lambda paper: paper.title, 50),
    Field("種類", lambda paper: paper.get_kind_display(), 24),
    Field("年度", lambda paper: paper.cycle.year, 8, "plain-number"),
    Field("状態", lambda paper: paper.get_state_display(), 16),
    Field("ページ数", lambda paper: paper.pages, 10, "count"),
    Field("求めた日時", lambda paper: paper.asked_at, 18, "moment"),
    Field("求めた人", lambda paper: paper.asked_by.name, 14),
]

# 会議.
MEETINGS = [
    Field("年度", lambda meeting: meeting.cycle.year, 8, "plain-number"),
    Field("会議の名称", lambda meeting: meeting.name, 40),
    Field("開催日", lambda meeting: meeting.held_on, 14, "date"),
    Field("場所", lambda meeting: meeting.place, 24),
    Field("次第", lambda meeting: meeting.agenda, 50),
    Field("資料の配付日", lambda meeting: meeting.sent_on, 14, "date"),
]
