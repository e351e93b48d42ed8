"""What people type about people: cleaned, and told in sentences."""

import datetime

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from mine_welfare.accounts import forms
from mine_welfare.accounts.forms import (
    NewPasswordForm,
    OrganizationForm,
    PersonForm,
    RetireOrganizationForm,
    RoleFormSet,
)
from mine_welfare.accounts.roles import Role
from tests.factories import PASSWORD, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


def rows(*pairs, **more) -> dict:
    """The formset as the browser sends it."""
    data = {"roles-TOTAL_FORMS": str(len(pairs)), "roles-INITIAL_FORMS": "0"}
    for number, (role, organization) in enumerate(pairs):
        data |= {f"roles-{number}-role": role, f"roles-{number}-organization": organization}
    return data | more


# ---- one person -------------------------------------------------------------
def test_what_is_typed_full_width_is_stored_half_width():
    form = PersonForm({"login_id": " １２３４ ", "name": "美祢　花子\x00", "email": "Ｈ@example.jp"})
    assert not form.is_valid()
    form = PersonForm({"login_id": " １２３４ ", "name": "美祢　花子 ", "email": "H@example.jp"})
    assert form.is_valid()
    assert form.cleaned_data == {"login_id": "1234", "name": "美祢　花子", "email": "H@example.jp"}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"login_id": ""}, "login_id", "入力してください。"),
        ({"login_id": "writer"}, "login_id", "同じ職員番号・IDの利用者が、もう登録されています。"),
        ({"login_id": "WRITER@example.jp"}, "login_id", "ほかの利用者の電子メールと同じIDは使えません。"),
        ({"login_id": "1" * 61}, "login_id", "60字までにしてください（いま61字です）。"),
        ({"name": " "}, "name", "入力してください。"),
        ({"name": "花\x00子"}, "name", "画面に表示できない文字が入っています。入力し直してください。"),
        ({"email": "writer@EXAMPLE.jp"}, "email", "この電子メールは、ほかの利用者が使っています。"),
        ({"email": "花子"}, "email", "電子メールを「name@example.jp」のように入力してください。"),
    ],
)
def test_what_a_person_may_not_be_called(writer, changes, field, sentence):
    form = PersonForm({"login_id": "1234", "name": "花子", "email": ""} | changes)
    assert form.errors == {field: [sentence]}


def test_a_person_may_stay_as_they_are(writer):
    form = PersonForm({"login_id": "writer", "name": "担当 者", "email": writer.email}, instance=writer)
    assert form.errors == {}


# ---- roles ------------------------------------------------------------------
def test_rows_that_say_something(office):
    formset = RoleFormSet(
        rows(("writer", office.pk), ("writer", office.pk), ("committee", office.pk), ("secretariat", ""), ("", "")),
        prefix="roles",
    )
    assert formset.is_valid()
    assert formset.roles() == [(Role.WRITER, office), (Role.COMMITTEE, None), (Role.SECRETARIAT, None)]


@pytest.mark.parametrize(
    ("pair", "errors"),
    [
        (("writer", ""), {"organization": ["「担当者」は、組織も選んでください。"]}),
        (("approver", ""), {"organization": ["「課長」は、組織も選んでください。"]}),
        (("", "office"), {"role": ["役割も選んでください。"]}),
        (("king", ""), {"role": ["一覧から選び直してください。"]}),
        (("writer", "99999"), {"organization": ["一覧から選び直してください。"]}),
        (("writer", "ended"), {"organization": ["一覧から選び直してください。"]}),
        (("writer", "9" * 30), {"organization": ["一覧から選び直してください。"]}),
    ],
)
def test_rows_that_cannot_be(office, pair, errors):
    ended = OrganizationFactory(valid_to=2000)
    organization = {"office": office.pk, "ended": ended.pk}.get(pair[1], pair[1])
    formset = RoleFormSet(rows((pair[0], organization)), prefix="roles")
    assert formset.errors == [errors]


def test_an_ended_organization_stays_with_those_who_are_in_it():
    ended = OrganizationFactory(valid_to=2000)
    initial = [{"role": "writer", "organization": ended.pk}]
    data = rows(("writer", ended.pk), **{"roles-INITIAL_FORMS": "1"})
    assert RoleFormSet(data, prefix="roles", initial=initial).is_valid()


def test_a_person_without_any_role_is_asked_for_one():
    formset = RoleFormSet(rows(("", ""), ("", "")), prefix="roles")
    assert formset.non_form_errors() == ["役割を1つ以上選んでください。"]


def test_two_rows_are_free_for_兼務(office):
    initial = [{"role": "writer", "organization": office.pk}] * 3
    assert len(RoleFormSet(prefix="roles", initial=initial)) == 5


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"roles-TOTAL_FORMS": "x"},
            "送られた内容を読み取れませんでした。画面を開き直して、もう一度入力してください。",
        ),
        ({"roles-TOTAL_FORMS": "2000"}, "所属と役割は20行までです。"),
    ],
)
def test_a_tampered_formset_is_told(changes, sentence):
    formset = RoleFormSet(rows(("committee", "")) | changes, prefix="roles")
    assert not formset.is_valid()
    assert sentence in formset.non_form_errors()


# ---- organizations ----------------------------------------------------------
GIVEN = {"name": "新課", "slug": "new", "kind": "city", "position": "3"}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"name": "福祉課"},
            "name",
            "同じ名称の組織が、もうあります。先にその組織を廃止するか、別の名称にしてください。",
        ),
        ({"slug": "welfare"}, "slug", "同じ識別名の組織が、もう登録されています。"),
        ({"slug": "新課"}, "slug", "半角の英字・数字・ハイフン（-）だけで入力してください。"),
        ({"kind": "state"}, "kind", "一覧から選び直してください。"),
        ({"position": "-1"}, "position", "0以上の数にしてください。"),
        ({"position": "一"}, "position", "数字だけを入力してください（小数や「約」などの文字は使えません）。"),
        ({"url": "ない"}, "url", "番地を「https://」から入力してください。"),
    ],
)
def test_what_an_organization_may_not_be(office, changes, field, sentence):
    assert OrganizationForm(GIVEN | changes).errors == {field: [sentence]}


def test_the_public_address_of_an_organization_is_permanent(office):
    form = OrganizationForm(GIVEN | {"slug": "other"}, instance=office)
    assert form.is_valid()
    assert (form.save().slug, office.name) == ("welfare", "新課")


def test_when_an_organization_may_end(office, monkeypatch):
    monkeypatch.setattr(forms.timezone, "localdate", lambda: datetime.date(2026, 4, 2))
    ended = OrganizationFactory(valid_to=2020)
    form = RetireOrganizationForm(organization=office)
    words = [("", "廃止しない"), (2025, "令和7年度まで（2026年3月31日）"), (2026, "令和8年度まで（2027年3月31日）")]
    assert form.fields["last_year"].choices == words
    assert list(form.fields["successor"].queryset) == []
    kept = RetireOrganizationForm(organization=ended)
    assert [value for value, _ in kept.fields["last_year"].choices] == ["", 2020, 2025, 2026]
    assert list(kept.fields["successor"].queryset) == [office]


# ---- passwords --------------------------------------------------------------
@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "短すぎます。12文字以上にしてください。"),
        ("939393939393", "数字だけでは破られやすくなります。文字も混ぜてください。"),
        ("1q2w3e4r5t6y", "よく使われるパスワードです。ほかの人が思いつかないものにしてください。"),
        ("longstaffnumber", "職員番号・IDと似ています。ほかの人が思いつかないものにしてください。"),
        ("hanako-mine@example", "電子メールと似ています。ほかの人が思いつかないものにしてください。"),
    ],
)
def test_weak_passwords_are_refused_with_what_to_do(password, sentence):
    user = UserFactory.build(login_id="longstaffnumber", email="hanako-mine@example.jp")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert sentence in refused.value.messages


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"old_password": "wrong"},
            "old_password",
            "いまのパスワードが違います。大文字と小文字、全角と半角を確かめてください。",
        ),
        (
            {"new_password2": "another one entirely"},
            "new_password2",
            "2回の入力が違います。同じものを、もう一度入力してください。",
        ),
        ({"new_password1": PASSWORD}, "new_password1", "いまのパスワードとは別のものにしてください。"),
        ({"new_password1": "長" * 257}, "new_password1", "256文字までにしてください。"),
    ],
)
def test_a_new_password(writer, changes, field, sentence):
    new = "mountain-river-lantern"
    form = NewPasswordForm(writer, {"old_password": PASSWORD, "new_password1": new, "new_password2": new} | changes)
    assert form.errors == {field: [sentence]}
