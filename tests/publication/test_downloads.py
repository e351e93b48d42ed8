"""Papers as files: made once, kept until something changes, shown to everyone."""

import threading
import time

import pytest
from django.conf import settings

from mine_welfare.publication import downloads
from mine_welfare.toolkit import disk, pdf_pieces


@pytest.fixture
def made(monkeypatch) -> list[bytes]:
    """The books made while the test runs, each a few bytes instead of ten seconds."""
    found: list[bytes] = []

    def make(html, *rest, **options):
        found.append(b"%PDF-" + str(len(found)).encode())
        return found[-1]

    monkeypatch.setattr(pdf_pieces, "make", make)
    return found


def read(response) -> bytes:
    """The content; the test client closes the file with its last byte."""
    return b"".join(response.streaming_content)


def test_a_citizen_gets_the_book_and_its_second_reader_the_same_file(client, plan, made):
    first, second = client.get("/downloads/plan.pdf"), client.get("/downloads/plan.pdf")

    assert (read(first), read(second)) == (b"%PDF-0", b"%PDF-0")
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"].startswith("inline; filename*=utf-8''%E6%9E%B6%E7%A9%BA")
    assert first["ETag"] == second["ETag"]
    assert first["Last-Modified"] == second["Last-Modified"]
    assert len(made) == 1


def test_a_reader_who_has_the_book_is_told_so(client, plan, made):
    response = client.get("/downloads/plan.pdf")
    read(response)

    again = [{"If-None-Match": response["ETag"]}, {"If-Modified-Since": response["Last-Modified"]}]
    assert [client.get("/downloads/plan.pdf", headers=headers).status_code for headers in again] == [304, 304]


def test_a_changed_plan_has_a_new_book_and_the_old_file_goes(client, plan, made):
    before = client.get("/downloads/plan.pdf")
    plan.touch()
    after = client.get("/downloads/plan.pdf")

    assert (read(before), read(after)) == (b"%PDF-0", b"%PDF-1")
    assert before["ETag"] != after["ETag"]
    assert len(list((settings.MEDIA_ROOT / "papers" / plan.slug).glob("*.pdf"))) == 1


def test_a_changed_template_changes_every_book(monkeypatch, tmp_path):
    monkeypatch.setattr(downloads, "SHAPED_BY", (str(tmp_path),))
    (tmp_path / "book.html").write_text("一")
    before = downloads.edition()
    (tmp_path / "book.html").write_text("二")

    assert downloads.edition() != before


def test_the_book_is_read_and_never_written(client, plan, made):
    asked = client.head("/downloads/plan.pdf")
    read(asked)
    assert asked.status_code == 200
    assert client.post("/downloads/plan.pdf").status_code == 405


@pytest.mark.django_db
def test_without_a_plan_there_is_no_book(client):
    assert client.get("/downloads/plan.pdf").status_code == 404


def test_two_readers_at_once_wait_for_one_making(tmp_path):
    made = []

    def make() -> bytes:
        time.sleep(0.2)
        made.append(1)
        return b"%PDF"

    readers = [threading.Thread(target=downloads.kept, args=(tmp_path, "book", "1", make)) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert made == [1]
    assert (tmp_path / "book-1.pdf").read_bytes() == b"%PDF"


def test_a_making_that_fails_leaves_nothing_behind(tmp_path):
    def make() -> bytes:
        raise FileNotFoundError("書体がありません。")

    with pytest.raises(FileNotFoundError):
        downloads.kept(tmp_path, "book", "1", make)

    assert [path.name for path in tmp_path.iterdir()] == ["book.lock"]


def test_a_file_that_cannot_be_named_is_taken_away(tmp_path, monkeypatch):
    def refuse(source, target):
        raise PermissionError

    monkeypatch.setattr(disk.os, "replace", refuse)
    with pytest.raises(PermissionError):
        downloads.kept(tmp_path, "book", "1", lambda: b"%PDF")

    assert [path.name for path in tmp_path.iterdir()] == ["book.lock"]
