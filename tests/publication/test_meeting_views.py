"""会議資料: handouts in order, one PDF, kept as it was sent."""

import datetime
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from measures.models import Entry
from measures.workflow import EntryState
from mine_welfare.publication import worker
from mine_welfare.publication.models import Handout, Meeting, Paper
from tests.factories import EntryFactory, OrganizationFactory
from tests.personas import PERSONAS


@pytest.fixture
def meeting(cycle) -> Meeting:
    return Meeting.objects.create(
        cycle=cycle, name="第1回 策定推進委員会", held_on=datetime.date(2026, 8, 20), agenda="開会\n\n評価について"
    )


@pytest.fixture
def client(client_of, secretariat):
    return client_of(secretariat)


def upload(pages: int = 1, name: str = "名簿.pdf") -> SimpleUploadedFile:
    out = BytesIO()
    with pikepdf.new() as file:
        for _ in range(pages):
            file.add_blank_page(page_size=(595, 842))
        file.save(out)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


@pytest.mark.parametrize("persona", ["writer", "approver", "committee", "auditor", "sysadmin", "nobody"])
def test_meetings_are_the_secretariats(request, client_of, meeting, persona):
    person = client_of(request.getfixturevalue(persona))
    answers = [person.get("/staff/meetings/"), person.post(f"/staff/meetings/{meeting.pk}/pack/")]
    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("path", ["meetings", "papers"])
def test_before_the_first_year_the_page_says_what_comes_first(client, plan, path):
    page = client.get(f"/staff/{path}/")
    assert (page.status_code, "評価の年度は、まだ用意されていません" in page.text) == (200, True)


def test_a_meeting_is_added_and_changed(client, cycle):
    given = {"name": "第2回 委員会", "held_on": "2026-10-01", "agenda": "開会"}
    place = client.post("/staff/meetings/", given).headers["Location"]
    client.post(place, given | {"place": "会議室"})
    assert list(Meeting.objects.values_list("name", "place", "cycle")) == [("第2回 委員会", "会議室", cycle.pk)]


def test_handouts_stand_in_order_and_move(client, meeting):
    place = f"/staff/meetings/{meeting.pk}/handouts/"
    client.post(place, {"kind": "report"})
    client.post(place, {"kind": "opinions", "title": "意見"})
    client.post(place, {"upload": upload()})
    assert [str(one) for one in meeting.handouts.all()] == [
        "資料1　達成状況評価報告書",
        "資料2　意見",
        "資料3　名簿",
    ]
    last = meeting.handouts.last()
    client.post(f"{place}{last.pk}/", {"to": "up"})
    client.post(f"{place}{meeting.handouts.first().pk}/", {"to": "away"})
    assert [str(one) for one in meeting.handouts.all()] == ["資料1　名簿", "資料2　意見"]
    client.post(f"{place}{meeting.handouts.first().pk}/", {"to": "up"})
    assert [str(one) for one in meeting.handouts.all()] == ["資料1　名簿", "資料2　意見"]


def test_a_handout_is_put_to_an_item_of_the_agenda(client, meeting):
    place = f"/staff/meetings/{meeting.pk}/"
    assert "議事</label>" not in client.get(place).text
    meeting.agenda = "開会\n\n評価について"
    meeting.save()
    client.post(f"{place}handouts/", {"kind": "report", "item": "2"})
    client.post(f"{place}handouts/", {"kind": "opinions", "item": "2"})
    client.post(f"{place}handouts/", {"kind": "list", "item": ""})
    assert client.post(f"{place}handouts/", {"kind": "list", "item": "3"}).status_code == 422
    page = client.get(place).text

    assert [one.number for one in meeting.handouts.all()] == ["資料2-1", "資料2-2", "参考資料"]
    assert '<option value="2">2. 評価について</option>' in page
    assert (page.count('value="up"'), page.count('value="down"')) == (1, 1)


@pytest.mark.parametrize("given", [{}, {"to": ""}, {"to": "delete"}])
def test_a_move_nobody_offered_moves_nothing(client, meeting, given):
    place = f"/staff/meetings/{meeting.pk}/handouts/"
    client.post(place, {"kind": "report"})
    handout = meeting.handouts.get()
    assert client.post(f"{place}{handout.pk}/", given).status_code == 404
    assert list(meeting.handouts.all()) == [handout]


def test_sheets_and_lists_may_be_of_one_organization(client, meeting, entry):
    place, office = f"/staff/meetings/{meeting.pk}/handouts/", entry.organization
    client.post(place, {"kind": "sheets", "organization": office.pk})
    client.post(place, {"kind": "list", "organization": office.pk, "title": "一覧"})
    refused = client.post(place, {"kind": "report", "organization": office.pk})
    assert [(one.title, one.scope) for one in meeting.handouts.all()] == [
        ("福祉課の個票", {"organization": office.pk}),
        ("一覧", {"organization": office.pk}),
    ]
    assert refused.status_code == 422
    assert "課・団体を選べるのは、個票と一覧だけです。" in refused.text


def test_a_handout_of_another_meeting_stays_where_it_is(client, meeting, cycle):
    other = Meeting.objects.create(cycle=cycle, name="別の会議", held_on=datetime.date(2026, 9, 1))
    handout = Handout.objects.create(meeting=other, position=1, kind="report", title="報告書")
    assert client.post(f"/staff/meetings/{meeting.pk}/handouts/{handout.pk}/", {"to": "away"}).status_code == 404
    assert list(other.handouts.all()) == [handout]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "資料の種類を選ぶか、PDFを添付してください（どちらか1つ）。"),
        ({"kind": "report", "upload": upload()}, "資料の種類を選ぶか、PDFを添付してください（どちらか1つ）。"),
        (
            {"upload": SimpleUploadedFile("a.pdf", b"not a pdf")},
            "PDFとして開けません。パスワードの付いていないPDFを選んでください。",
        ),
    ],
    ids=["nothing", "both", "no-pdf"],
)
def test_what_is_no_handout_is_refused(client, meeting, given, sentence):
    response = client.post(f"/staff/meetings/{meeting.pk}/handouts/", given)
    assert response.status_code == 422
    errors = response.context["handout_form"].errors
    assert [error for found in errors.values() for error in found] == [sentence]
    assert not Handout.objects.exists()


def test_a_pack_of_nothing_is_refused(client, meeting):
    client.post(f"/staff/meetings/{meeting.pk}/pack/")
    assert not Paper.objects.exists()


def test_a_pack_has_cover_and_handouts_numbered_through(client, meeting, entry):
    place = f"/staff/meetings/{meeting.pk}/handouts/"
    client.post(place, {"kind": "opinions"})
    client.post(place, {"upload": upload(pages=2)})
    client.post(f"/staff/meetings/{meeting.pk}/pack/")
    worker.work_once()

    paper = Paper.objects.get()
    # The agenda and its empty back, two pages of opinions, two pages from elsewhere.
    assert (paper.state, paper.pages) == ("done", 6)
    with pikepdf.open(paper.file.path) as file, file.open_outline() as outline:
        assert [mark.title for mark in outline.root][:2] == ["次第", "資料1　主な意見と市の考え方"]

    page = client.post(f"/staff/meetings/{meeting.pk}/pack/{paper.pk}/sent/", follow=True)
    meeting.refresh_from_db()
    assert meeting.pack == paper
    assert meeting.sent_on is not None
    assert f'<a href="/staff/meetings/{meeting.pk}/handed-out.pdf">会議資料（PDF・6ページ）</a>' in page.text


def test_what_was_sent_stays_as_it_was(client, meeting, entry):
    client.post(f"/staff/meetings/{meeting.pk}/handouts/", {"upload": upload()})
    for _ in range(2):
        client.post(f"/staff/meetings/{meeting.pk}/pack/")
        worker.work_once()
    second, first = Paper.objects.all()
    assert first.file.path != second.file.path
    assert first.pages == second.pages == 3


# ---- sheets nobody has confirmed yet ---------------------------------------------------
def test_a_pack_with_sheets_nobody_confirmed_says_so_before(client, meeting, entry):
    EntryFactory(cycle=meeting.cycle, action=entry.action, organization=OrganizationFactory(name="総務課"))

    def unsettled() -> int:
        return client.get(f"/staff/meetings/{meeting.pk}/").context["unsettled"]

    found = [unsettled()]
    for scope in ({"organization": entry.organization_id}, {}):
        Handout.objects.create(
            meeting=meeting, kind="sheets", title="個票", scope=scope, position=meeting.handouts.count()
        )
        found.append(unsettled())
    Entry.objects.filter(pk=entry.pk).update(state=EntryState.ACCEPTED)
    found.append(unsettled())
    Entry.objects.update(state=EntryState.FIXED)
    assert [*found, unsettled()] == [0, 1, 2, 1, 0]


# ---- for those who come ---------------------------------------------------------------
@pytest.fixture
def sent(meeting, secretariat) -> Meeting:
    """The meeting, with a pack handed out."""
    about = {"plan": meeting.cycle.plan, "cycle": meeting.cycle, "asked_by": secretariat, "scope": {"meeting": 1}}
    pack = Paper(kind="pack", title="会議資料", state="done", pages=3, **about)
    pack.file.save("pack.pdf", upload(pages=3))
    meeting.pack, meeting.sent_on = pack, datetime.date(2026, 8, 10)
    meeting.save()
    return meeting


@pytest.mark.parametrize(
    ("persona", "status"),
    [(one, 200 if one in ("secretariat", "auditor", "committee") else 403) for one in PERSONAS],
)
def test_who_reads_what_was_handed_out(request, client_of, sent, persona, status):
    person = client_of(request.getfixturevalue(persona))
    answers = [person.get("/staff/meetings/handed-out/"), person.get(f"/staff/meetings/{sent.pk}/handed-out.pdf")]
    assert [answer.status_code for answer in answers] == [status, status]
    if status == 200:
        assert list(answers[0].context["meetings"]) == [sent]
        with pikepdf.open(BytesIO(b"".join(answers[1].streaming_content))) as file:
            assert len(file.pages) == 3


def test_nobody_reads_what_was_not_handed_out(client_of, committee, sent, plan):
    Meeting.objects.update(pack=None)
    reader = client_of(committee)
    page = reader.get("/staff/meetings/handed-out/")
    assert (list(page.context["meetings"]), "配付した資料は、まだありません" in page.text) == ([], True)
    assert reader.get(f"/staff/meetings/{sent.pk}/handed-out.pdf").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(client_of, committee, sent, django_assert_num_queries, rows):
    for _ in range(rows - 1):
        Meeting.objects.create(
            cycle=sent.cycle, name="会議", held_on=sent.held_on, pack=sent.pack, sent_on=sent.sent_on
        )
    reader = client_of(committee)
    with django_assert_num_queries(5):
        reader.get("/staff/meetings/handed-out/")
