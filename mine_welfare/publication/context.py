"""Navigation of the staff side, by persona."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from mine_welfare.accounts.models import User
from mine_welfare.accounts.roles import Role

DEPARTMENT = (Role.WRITER, Role.APPROVER)
KEEPERS = (Role.SECRETARIAT, Role.AUDITOR)
INSIDE = (*DEPARTMENT, *KEEPERS)
MEETING = (*KEEPERS, Role.COMMITTEE)
EVERYONE = (*INSIDE, Role.COMMITTEE)
OFFICE = (Role.SECRETARIAT,)
LISTS = (Role.SECRETARIAT, Role.SYSADMIN)


@dataclass(frozen=True)
class Place:
    """One page of the staff side; `daily` ones stand on the band, the others on the page 「その他」."""

    label: str
    name: str
    roles: tuple[Role, ...]
    use: str
    daily: tuple[Role, ...] = ()


# The order of the year, and of the page 「その他」.
PLACES: dict[str, tuple[Place, ...]] = {
    "毎日の仕事": (
        Place("ホーム", "staff:home", DEPARTMENT, "残っている個票とお知らせを確かめます。", DEPARTMENT),
        Place("課長確認", "staff:confirm", (Role.APPROVER,), "課の個票をまとめて読み、確認します。", (Role.APPROVER,)),
        Place("提出状況", "staff:cycles", KEEPERS, "年度の段階を進め、課ごとの提出の状況を確かめます。", KEEPERS),
        Place("個票", "staff:entries", EVERYONE, "取組ごとの評価の一覧です。", EVERYONE),
        Place("Excel", "staff:workbooks", INSIDE, "調査票をExcelで受け取り、記入して送り返します。", DEPARTMENT),
        Place("ダッシュボード", "staff:dashboard", EVERYONE, "年度の集計を、目標・施策・課ごとに見ます。", EVERYONE),
        Place("施策の評価", "staff:reviews", EVERYONE, "施策ごとの1次評価と2次評価です。", MEETING),
        Place("意見", "staff:opinions", MEETING, "委員会の意見と、市の考え方です。", MEETING),
        Place("意見への回答", "staff:responses", DEPARTMENT, "委員会の意見に、担当として答えます。", DEPARTMENT),
        Place("資料", "staff:papers", INSIDE, "個票・一覧・報告書のPDFを作ります。", KEEPERS),
        Place(
            "再犯防止",
            "staff:reoffense",
            MEETING,
            "再犯防止推進計画だけの集計と、協力者の名簿です。",
            (Role.COMMITTEE,),
        ),
    ),
    "年度の進行": (
        Place("担当の割当て", "staff:responsibilities", OFFICE, "「関係各課」の取組を担当する課を決めます。"),
        Place("評価の基準", "staff:scales", OFFICE, "達成度と今後の方向性の、区分と定義です。"),
        Place("お知らせ", "staff:notices", OFFICE, "担当課のホームに載せるお知らせを書きます。"),
        Place("会議と会議資料", "staff:meetings", OFFICE, "会議の次第と資料を、1つのPDFにまとめます。"),
        Place("配付資料", "staff:handed-out", MEETING, "会議で配付した資料を、PDFで読みます。", (Role.COMMITTEE,)),
        Place("公表", "staff:publication-now", KEEPERS, "市民に見える内容を確かめて公表し、訂正します。"),
        Place("変更の記録", "staff:changes", KEEPERS, "いつ、だれが、何を変えたかを確かめ、元に戻します。"),
    ),
    "計画と資料": (
        Place(
            "計画の編集",
            "staff:plan-text",
            OFFICE,
            "施策・役割・取組・本文・用語を、画面かExcelで直します。次の計画もここから始めます。",
        ),
        Place("調査", "staff:surveys", KEEPERS, "アンケートの回答を取り込み、集計します。"),
        Place("統計", "staff:statistics", KEEPERS, "統計の値を加え、取り込みます。"),
        Place("目標指標", "staff:indicator-feeds", KEEPERS, "目標指標を決め、その値を調査や統計から写します。"),
        Place("基礎データ", "staff:masters", LISTS, "組織・担当・指標・統計・用語などを、Excelでまとめて直します。"),
        Place("素案の確認事項", "staff:errata", KEEPERS, "計画書の素案で、確かめたい箇所の一覧です。"),
    ),
    "4月の仕事": (
        Place("組織改編と人事異動", "staff:april", LISTS, "課の統合・改称・分割と、異動をまとめて行います。"),
        Place("利用者", "staff:people", LISTS, "利用者を加え、役割と所属を変えます。", (Role.SYSADMIN,)),
        Place("組織", "staff:organizations", LISTS, "担当課と団体の名称・連絡先です。", (Role.SYSADMIN,)),
    ),
}
ELSEWHERE = "staff:places"


def daily(user: User) -> list[tuple[str, str]]:
    """(label, URL name) on the band for `user`; the last leads to everything else, where there is something."""
    seen = [place for places in PLACES.values() for place in places if user.has_role(*place.roles)]
    found = [(place.label, place.name) for place in seen if user.has_role(*place.daily)]
    return found if len(found) == len(seen) else [*found, ("その他", ELSEWHERE)]


def places_of(user: User) -> list[tuple[str, list[Place]]]:
    """Every page `user` may open, by heading."""
    found = [(heading, [one for one in places if user.has_role(*one.roles)]) for heading, places in PLACES.items()]
    return [(heading, places) for heading, places in found if places]


def staff(request: HttpRequest) -> dict:
    """For a signed-in person: `staff_nav` [(label, URL name)], the band's word, the day for the foot of a print."""
    # A request refused before anybody was looked up (an unknown host) still gets its page.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "staff_nav": daily(user),
        "staff_tag": "委員会" if user.roles == {Role.COMMITTEE} else "庁内",
        "today": timezone.localdate(),
    }
