"""資料の作成: who may ask for what, what is not made twice, how far it is."""

import pytest
from django.core.files.base import ContentFile

from mine_welfare.publication import worker
from mine_welfare.publication.models import Paper

LIST = "/staff/papers/"


@pytest.fixture
def paper(cycle, secretariat) -> Paper:
    return Paper.objects.create(plan=cycle.plan, cycle=cycle, kind="sheets", title="個票", asked_by=secretariat)


def finish(paper: Paper) -> Paper:
    paper.state, paper.pages = Paper.State.DONE, 1
    paper.file.save("1.pdf", ContentFile(b"%PDF-1.7"), save=True)
    return paper


@pytest.mark.parametrize(
    ("persona", "status"),
    [("secretariat", 200), ("auditor", 200), ("writer", 200), ("approver", 200), ("committee", 403), ("nobody", 403)],
)
def test_who_opens_the_page(request, client_of, entry, persona, status):
    assert client_of(request.getfixturevalue(persona)).get(LIST).status_code == status


def test_asking_makes_a_paper_that_waits(client_of, secretariat, entry):
    given = {"kind": "list", "organization": entry.organization_id, "occasion": "第1回 委員会", "number": "資料1"}
    response = client_of(secretariat).post(LIST, given)
    paper = Paper.objects.get()
    assert response.headers["Location"] == f"/staff/papers/{paper.pk}/"
    assert (paper.kind, paper.state, paper.title) == ("list", "waiting", "令和7年度　一覧（福祉課）")
    assert paper.scope == {"organization": entry.organization_id, "occasion": "第1回 委員会", "number": "資料1"}


def test_the_same_paper_of_the_same_data_is_not_made_twice(client_of, secretariat, entry):
    client = client_of(secretariat)
    first, second = (client.post(LIST, {"kind": "list"}).headers["Location"] for _ in range(2))
    assert (first, Paper.objects.count()) == (second, 1)
    entry.version += 1
    entry.save()
    assert client.post(LIST, {"kind": "list"}).headers["Location"] != first


@pytest.mark.parametrize("state", [Paper.State.FAILED, Paper.State.STOPPED])
def test_one_that_was_not_made_is_asked_for_again(client_of, secretariat, entry, state):
    client = client_of(secretariat)
    first = client.post(LIST, {"kind": "list"}).headers["Location"]
    Paper.objects.update(state=state)
    assert client.post(LIST, {"kind": "list"}).headers["Location"] != first


def test_a_department_prints_its_own_sheets_only(client_of, writer, other_writer, entry):
    client = client_of(writer)
    client.post(LIST, {"kind": "sheets", "organization": entry.organization_id})
    assert [paper.scope for paper in Paper.objects.all()] == [{"organization": entry.organization_id}]
    refused = [
        client.post(LIST, {"kind": "report", "organization": entry.organization_id}),
        client.post(LIST, {"kind": "sheets"}),
        client_of(other_writer).post(LIST, {"kind": "sheets", "organization": entry.organization_id}),
    ]
    assert [response.status_code for response in refused] == [422, 422, 422]
    assert Paper.objects.count() == 1


def test_a_department_does_not_see_the_papers_of_others(client_of, writer, secretariat, paper):
    finish(paper)
    paths = [f"/staff/papers/{paper.pk}/{rest}" for rest in ("", "progress/", "file.pdf")]
    assert [client_of(writer).get(path).status_code for path in paths] == [404, 404, 404]
    answers = [client_of(secretariat).get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert b"".join(answers[-1].streaming_content) == b"%PDF-1.7"


def test_the_page_asks_how_far_it_is(client_of, secretariat, paper):
    Paper.objects.update(state="running", done=3, total=20, doing="福祉課の個票25件を作っています")
    assert client_of(secretariat).get(f"/staff/papers/{paper.pk}/progress/").json() == {
        "state": "作成中",
        "done": 3,
        "total": 20,
        "doing": "福祉課の個票25件を作っています",
        "is_open": True,
    }


def test_a_paper_that_is_not_made_has_no_file(client_of, secretariat, paper):
    assert client_of(secretariat).get(f"/staff/papers/{paper.pk}/file.pdf").status_code == 404


def test_stopping_what_waits_and_what_runs(client_of, secretariat, paper):
    client = client_of(secretariat)
    client.post(f"/staff/papers/{paper.pk}/stop/")
    assert Paper.objects.get().state == "stopped"
    Paper.objects.update(state="running")
    client.post(f"/staff/papers/{paper.pk}/stop/")
    assert (Paper.objects.get().state, Paper.objects.get().stop_asked) == ("running", True)


@pytest.mark.parametrize("there", [True, False])
def test_without_a_worker_the_page_says_so(client_of, secretariat, paper, monkeypatch, there):
    monkeypatch.setattr(worker, "is_there", lambda: there)
    pages = [client_of(secretariat).get(path).content.decode() for path in (LIST, f"/staff/papers/{paper.pk}/")]
    assert ["資料を作るプログラムが動いていません" in page for page in pages] == [not there, not there]
