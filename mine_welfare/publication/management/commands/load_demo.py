import datetime
from contextlib import suppress

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from measures import actions
from measures.fields import missing
from measures.models import Cycle, Entry, MeasureReview, Opinion, Response
from measures.workflow import CycleState, EntryState, ResponseState, Verb
from mine_welfare.accounts.models import Membership, Organization, User
from mine_welfare.accounts.roles import Role
from mine_welfare.toolkit.fiscal import fiscal_year
from plans.models import Plan

PASSWORD = "sample-portal-2025"  # noqa: S105 - printed at start, only with the demonstration data
MARK = "【サンプル】"
# (ID, role, organization slug or "", what this account is for)
ACCOUNTS = (
    ("tantou", Role.WRITER, "regional-development", "担当者"),
    ("kachou", Role.APPROVER, "regional-development", "課長"),
    ("jimukyoku", Role.SECRETARIAT, "welfare", "事務局"),
    ("fukushi", Role.WRITER, "welfare", "担当者"),
    ("fukushi-kachou", Role.APPROVER, "welfare", "課長"),
    ("shakyo", Role.WRITER, "shakyo", "担当者"),
    ("shakyo-kyokuchou", Role.APPROVER, "shakyo", "事務局長（課長の役割）"),
    ("iin", Role.COMMITTEE, "", "策定推進委員会の委員"),
    ("kansa", Role.AUDITOR, "", "監査"),
    ("system", Role.SYSADMIN, "", "システム管理"),
)


class Command(BaseCommand):
    help = "見本のアカウントと、【サンプル】と書いた年度の評価を用意します。計画のデータは変えません。"

    def handle(self, **options):
        plan = Plan.objects.current()
        if plan is None:
            self.stdout.write("計画が読み込まれていないため、見本は用意しません。")
            return
        with transaction.atomic():
            people = accounts()
            if not plan.cycles.exists():
                Demonstration(plan, people).build()
        self.stdout.write(f"見本のアカウント（パスワードはどれも {PASSWORD}）")
        for login_id, _, slug, purpose in ACCOUNTS:
            where = Organization.objects.get(slug=slug).name if slug else "—"
            self.stdout.write(f"  {login_id:<18}{where}　{purpose}")


def accounts() -> dict[str, User]:
    """The accounts by ID; present ones stay as they are."""
    found = {}
    for login_id, role, slug, purpose in ACCOUNTS:
        user = User.objects.filter(login_id=login_id).first()
        if user is None:
            user = User.objects.create_user(login_id, PASSWORD, name=f"見本・{purpose}")
            organization = Organization.objects.get(slug=slug) if slug else None
            Membership.objects.create(user=user, role=role, organization=organization)
        found[login_id] = user
    return found


class Demonstration:
    """A published year and a running one, every sentence marked as a sample."""

    def __init__(self, plan: Plan, people: dict[str, User]):
        self.plan, self.people = plan, people
        self.secretariat = people["jimukyoku"]
        self.scale = plan.scales.first()
        self.grades = {grade.code: grade for grade in self.scale.grades.all()}
        self.directions = {direction.code: direction for direction in self.scale.directions.all()}

    def build(self) -> None:
        today = timezone.localdate()
        past = self.plan.start_year
        first = self._cycle(past, datetime.date(past + 1, 5, 15), datetime.date(past + 1, 6, 20))
        self._answer_all(first)
        self._publish(first)
        if fiscal_year(today) > past and past + 1 in self.plan.years:
            second = self._cycle(past + 1, today - datetime.timedelta(days=20), today + datetime.timedelta(days=14))
            self._begin(second)

    def _cycle(self, year: int, opens_on: datetime.date, due_on: datetime.date) -> Cycle:
        return actions.prepare_cycle(
            plan=self.plan,
            year=year,
            scale=self.scale,
            opens_on=opens_on,
            due_on=due_on,
            by=self.secretariat,
            is_sample=True,
            instructions=f"各課の取組について、実績と評価を記入してください。{MARK}",
        )

    def _fill(self, entry: Entry, place: int) -> None:
        """Plausible and plainly artificial: the letter follows the row's place, the words say so."""
        code = "BBABCBBXBCBADBBF"[place % 16]
        entry.rating = self.grades[code]
        entry.direction = self.directions["complete" if code == "F" else "review" if code in "CD" else "continue"]
        entry.planned = entry.planned or f"計画書の内容に沿って取り組む。{MARK}"
        entry.result = f"「{entry.action.title}」に、計画書の内容に沿って取り組んだ。{MARK}"
        entry.reason = f"予定した内容の一部が残った。{MARK}" if entry.rating.needs_reason else ""
        entry.issues = f"担い手の確保が課題である。{MARK}" if place % 3 == 0 else ""
        entry.improvement = f"進め方を見直す。{MARK}" if entry.direction.needs_improvement else ""
        entry.next_plan = "" if entry.direction.ends_action else f"引き続き取り組む。{MARK}"
        entry.saved_at = timezone.now()
        if missing(entry):
            raise ValueError(f"見本の個票 {entry} に不足があります。")

    def _answer_all(self, cycle: Cycle) -> None:
        """Every row answered and confirmed but a few, which stay 未回答."""
        entries = list(cycle.entries.select_related("action", "organization", "cycle").in_order())
        at = datetime.datetime.combine(cycle.due_on, datetime.time(15), tzinfo=timezone.get_current_timezone())
        for place, entry in enumerate(entries):
            entry.previous = None
            if place % 37 == 30:
                entry.closed_unanswered = True
                continue
            self._fill(entry, place)
            entry.state, entry.version = EntryState.ACCEPTED, 1
            entry.submitted_at = at - datetime.timedelta(days=3)
        names = [field.name for field in Entry._meta.concrete_fields if not field.primary_key]
        Entry.objects.bulk_update(entries, names, batch_size=100)

    def _publish(self, cycle: Cycle) -> None:
        cycle.state = CycleState.RESPONDING
        cycle.save()
        self._reviews(cycle)
        for _ in (CycleState.FIXED, CycleState.PUBLISHED, CycleState.CLOSED):
            cycle = actions.advance(cycle=cycle, by=self.secretariat)

    def _reviews(self, cycle: Cycle) -> None:
        for place, measure in enumerate(self.plan.measures.of_plan(self.plan)):
            grade = self.grades["BBBCABB"[place % 7]]
            MeasureReview.objects.create(
                cycle=cycle,
                measure=measure,
                first_rating=grade,
                second_rating=grade,
                first_comment=f"個票の内訳をもとに評価した。{MARK}",
                summary=f"おおむね計画に沿って進んでいる。{MARK}",
            )
        measure = self.plan.measures.of_plan(self.plan).last()
        opinion = Opinion.objects.create(
            cycle=cycle,
            measure=measure,
            meeting="第1回 策定推進委員会",
            text=f"取組の成果が市民に伝わるよう、周知の方法を工夫してほしい。{MARK}",
            by=self.people["iin"],
            received_at=timezone.now(),
        )
        Response.objects.create(
            opinion=opinion,
            organization=Organization.objects.get(slug="welfare"),
            state=ResponseState.ACCEPTED,
            text=f"広報とホームページで、取組ごとの結果をお知らせします。{MARK}",
            reflection=Response.Reflection.PLANNED,
            answered_at=timezone.now(),
            answered_by=self.secretariat,
        )

    def _begin(self, cycle: Cycle) -> None:
        """A running year with sheets in every state a visitor should see."""
        cycle = actions.advance(cycle=cycle, by=self.secretariat)
        for organization_slug, writer, approver in (
            ("regional-development", "tantou", "kachou"),
            ("welfare", "fukushi", "fukushi-kachou"),
            ("shakyo", "shakyo", "shakyo-kyokuchou"),
        ):
            rows = cycle.entries.filter(organization__slug=organization_slug).in_order()
            for place, entry in enumerate(rows.select_related("action", "organization", "cycle")[:6]):
                self._move(entry, place, self.people[writer], self.people[approver])

    def _move(self, entry: Entry, place: int, writer: User, approver: User) -> None:
        if place == 0:
            values = {"result": f"会議を2回開いた。{MARK}", "rating": self.grades["B"]}
            actions.save_entry(entry=entry, by=writer, version=entry.version, values=values)
            return
        if place > 4:
            return
        with suppress(actions.Refused):
            entry = actions.submit_unchanged(entry=entry, by=writer, version=entry.version)
            if place == 1:
                actions.transition(
                    entry=entry,
                    verb=Verb.RETURN,
                    by=approver,
                    comment=f"実績の件数を今年度の数に直してください。{MARK}",
                )
            if place > 2:
                entry = actions.transition(entry=entry, verb=Verb.APPROVE, by=approver)
            if place > 3:
                actions.transition(entry=entry, verb=Verb.ACCEPT, by=self.secretariat)
