"""/healthz, as the watchman of a machine sees it."""

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from mine_welfare.publication import health


@pytest.mark.django_db
def test_a_working_portal_says_ok_to_anyone_and_is_never_cached(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.django_db
def test_a_missing_migration_is_named(client):
    MigrationRecorder.Migration.objects.filter(app="plans").delete()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "reason": "データベースの更新（migrate）が終わっていません。"}
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_silent_database_is_named_without_its_details(client, monkeypatch, caplog):
    def refuse(recorder):
        raise OperationalError("password authentication failed for user portal")

    monkeypatch.setattr(health.MigrationRecorder, "applied_migrations", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "reason": "データベースが応答しません。"}
    assert "the database does not answer" in caplog.text


@pytest.mark.django_db
def test_it_costs_two_queries(client, django_assert_num_queries):
    health.trouble()
    with django_assert_num_queries(2):
        client.get("/healthz")


@pytest.mark.django_db
def test_nothing_can_be_sent_to_it(client):
    assert client.post("/healthz").status_code == 405
