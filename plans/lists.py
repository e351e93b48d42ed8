"""The columns of the staff's tables of the plan's text, for Excel and CSV."""

from mine_welfare.toolkit.lists import Field

# 素案の確認事項.
ERRATA = [
    Field("種類", lambda row: row.get_kind_display(), 30),
    Field("場所", lambda row: row.place, 24),
    Field("読み取りのまま・素案の表記", lambda row: row.as_read, 50),
    Field("収録した形・案", lambda row: row.corrected, 50),
    Field("理由", lambda row: row.reason, 50),
    Field("確からしさ", lambda row: row.get_confidence_display(), 16),
    Field("行", lambda row: row.line, 8, "plain-number"),
]

# 用語解説.
TERMS = [
    Field("用語", lambda term: term.term, 24),
    Field("読み", lambda term: term.reading, 24),
    Field("説明", lambda term: term.definition, 70),
    Field("出どころ", lambda term: term.get_origin_display(), 16),
]
