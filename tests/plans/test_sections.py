"""本文の節: added behind others, moved with what stands below, taken out."""

import pytest

from mine_welfare.toolkit.refusal import Refused
from plans import actions
from plans.models import Component, Plan, Section
from plans.planfile import dump_chapters
from reoffense.models import Background
from tests.factories import SectionFactory

pytestmark = pytest.mark.django_db
# (level, title) of one chapter in order.
OUTLINE = [(1, "章"), (2, "甲"), (3, "甲一"), (3, "甲二"), (2, "乙"), (2, "丙"), (3, "丙一")]
ALL = " ".join(title for _, title in OUTLINE)
WORDS = {"marker": "", "title": "新しい節", "body": "文です。"}


@pytest.fixture
def sections(plan) -> dict[str, Section]:
    return {
        title: SectionFactory(plan=plan, level=level, title=title, anchor=f"a{place}", position=place)
        for place, (level, title) in enumerate(OUTLINE)
    }


@pytest.fixture
def desk(secretariat, client_of):
    return client_of(secretariat)


def titles(plan) -> str:
    return " ".join(plan.sections.values_list("title", flat=True))


@pytest.mark.parametrize(
    ("after", "level", "expected"),
    [
        ("章", 2, "章 新しい節 甲 甲一 甲二 乙 丙 丙一"),
        ("甲", 2, "章 甲 甲一 甲二 新しい節 乙 丙 丙一"),
        ("甲", 3, "章 甲 新しい節 甲一 甲二 乙 丙 丙一"),
        ("甲一", 3, "章 甲 甲一 新しい節 甲二 乙 丙 丙一"),
        ("甲一", 2, "章 甲 甲一 甲二 新しい節 乙 丙 丙一"),
        ("甲一", 4, "章 甲 甲一 新しい節 甲二 乙 丙 丙一"),
        ("丙一", 2, "章 甲 甲一 甲二 乙 丙 丙一 新しい節"),
    ],
)
def test_a_section_is_added_behind_another(plan, sections, secretariat, after, level, expected):
    version = plan.version
    made = actions.add_section(after=sections[after], level=level, values=WORDS, by=secretariat)
    assert (titles(plan), made.level, made.anchor) == (expected, level, "added-1")
    assert Plan.objects.get().version == version + 1


@pytest.mark.parametrize(
    ("after", "levels"), [("章", [2]), ("甲", [2, 3]), ("甲一", [2, 3, 4])], ids=["chapter", "second", "third"]
)
def test_how_deep_a_new_section_may_stand(sections, secretariat, after, levels):
    assert actions.levels_after(sections[after]) == levels
    for level in (levels[0] - 1, levels[-1] + 1):
        with pytest.raises(Refused, match="^この段には、節を加えられません。$"):
            actions.add_section(after=sections[after], level=level, values=WORDS, by=secretariat)
    assert actions.levels_after(Section(level=actions.DEEPEST)) == [4, 5]


def test_an_address_never_comes_back(sections, secretariat):
    for anchor in ("added-1", "added-2"):
        made = actions.add_section(after=sections["乙"], level=2, values=WORDS, by=secretariat)
        assert made.anchor == anchor
        actions.remove_section(section=made, by=secretariat)


def test_a_section_needs_a_heading(sections, secretariat):
    with pytest.raises(Refused, match="^見出しを入力してください。$"):
        actions.add_section(after=sections["乙"], level=2, values=WORDS | {"title": " "}, by=secretariat)


@pytest.mark.parametrize(
    ("moved", "places", "expected"),
    [
        ("丙", -1, "章 甲 甲一 甲二 丙 丙一 乙"),
        ("乙", -1, "章 乙 甲 甲一 甲二 丙 丙一"),
        ("甲", 1, "章 乙 甲 甲一 甲二 丙 丙一"),
        ("乙", 1, "章 甲 甲一 甲二 丙 丙一 乙"),
        ("甲二", -1, "章 甲 甲二 甲一 乙 丙 丙一"),
        ("甲一", 1, "章 甲 甲二 甲一 乙 丙 丙一"),
    ],
)
def test_a_section_moves_with_what_stands_below(plan, sections, secretariat, moved, places, expected):
    actions.move_section(section=sections[moved], places=places, by=secretariat, reason="順を直した")
    assert titles(plan) == expected
    assert sections[moved].history.first().history_change_reason == "順を直した"
    actions.move_section(section=sections[moved], places=-places, by=secretariat)
    assert titles(plan) == ALL


@pytest.mark.parametrize(
    ("moved", "places", "word"),
    [("甲", -1, "上"), ("丙", 1, "下"), ("甲一", -1, "上"), ("甲二", 1, "下"), ("章", -1, "上"), ("章", 1, "下")],
)
def test_no_section_leaves_its_place_in_the_outline(plan, sections, secretariat, moved, places, word):
    with pytest.raises(Refused, match=f"^これより{word}には動かせません。$"):
        actions.move_section(section=sections[moved], places=places, by=secretariat)
    assert titles(plan) == ALL


def test_a_section_is_taken_out(plan, sections, secretariat):
    actions.remove_section(section=sections["甲一"], by=secretariat, reason="重複")
    assert titles(plan) == "章 甲 甲二 乙 丙 丙一"
    last = Section.history.filter(title="甲一").first()
    assert (last.history_type, last.history_change_reason) == ("-", "重複")


def test_what_somebody_else_took_out_is_gone(sections, secretariat):
    Section.objects.filter(title="甲一").delete()
    with pytest.raises(Refused, match="^この節は、ほかの人が消しました。$"):
        actions.move_section(section=sections["甲一"], places=1, by=secretariat)


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("章", "章は消せません。"),
        ("甲", "下の段に節があります。先に、そちらを消してください。"),
        ("乙", "この節は、ほかのページでも使っています。"),
    ],
)
def test_what_is_not_taken_out(plan, sections, secretariat, title, sentence):
    component = Component.objects.create(plan=plan, code="c", title="再犯防止", owner="市", position=1)
    Background.objects.create(component=component, section=sections["乙"], position=1)
    with pytest.raises(Refused, match=f"^{sentence}$"):
        actions.remove_section(section=sections[title], by=secretariat)
    assert titles(plan) == ALL


def test_others_do_not(sections, writer):
    for write in (
        lambda: actions.add_section(after=sections["乙"], level=2, values=WORDS, by=writer),
        lambda: actions.move_section(section=sections["乙"], places=1, by=writer),
        lambda: actions.remove_section(section=sections["乙"], by=writer),
    ):
        with pytest.raises(Refused, match="^計画の本文を直せるのは、事務局だけです。$"):
            write()


def test_the_files_of_the_plan_hold_the_new_order(plan, sections, secretariat):
    actions.add_section(after=sections["甲一"], level=4, values=WORDS, by=secretariat)
    actions.move_section(section=sections["甲"], places=1, by=secretariat)
    (chapter,) = dump_chapters(plan).values()

    def outline(node: dict) -> list:
        return [node["title"], *map(outline, node.get("sections", []))]

    assert outline(chapter) == ["章", ["乙"], ["甲", ["甲一", ["新しい節"]], ["甲二"]], ["丙", ["丙一"]]]


# ---- in the browser ----------------------------------------------------------------
def test_adding_on_the_page(desk, client, plan, sections):
    address = f"/staff/plan/sections/{sections['甲'].pk}/new/"
    page = desk.get(address)
    assert ("「甲」の同じ段" in page.text, "「甲」の1つ下の段" in page.text) == (True, True)
    sent = WORDS | {"level": "3", "seen": page.context["form"]["seen"].value()}
    looked = desk.post(address, sent | {"preview": "1"})
    assert ("新しい節" in looked.text, titles(plan)) == (True, ALL)
    desk.post(address, sent)
    assert titles(plan) == "章 甲 新しい節 甲一 甲二 乙 丙 丙一"
    assert "新しい節" in client.get("/plan/chapters/1/").text


@pytest.mark.parametrize(
    ("to", "said", "expected"),
    [
        ("up", "「乙」を1つ上へ動かしました。", "章 乙 甲 甲一 甲二 丙 丙一"),
        ("down", "「乙」を1つ下へ動かしました。", "章 甲 甲一 甲二 丙 丙一 乙"),
        ("away", "「乙」を消しました。", "章 甲 甲一 甲二 丙 丙一"),
    ],
)
def test_arranging_on_the_page(desk, plan, sections, to, said, expected):
    Section.objects.update(marker="")
    page = desk.post(f"/staff/plan/sections/{sections['乙'].pk}/arrange/", {"to": to}, follow=True)
    assert (said in page.text, titles(plan)) == (True, expected)


def test_what_cannot_be_arranged(desk, plan, sections):
    address = f"/staff/plan/sections/{sections['甲'].pk}/arrange/"
    assert "これより上には動かせません。" in desk.post(address, {"to": "up"}, follow=True).text
    assert desk.post(address, {"to": "x"}).status_code == 404
    Plan.objects.update(status=Plan.Status.FINAL)
    page = desk.post(address, {"to": "down"}, follow=True)
    assert "確定した計画の本文を直すには、理由が必要です。" in page.text
    assert ('id="move-reason"' in page.text, 'id="away-reason"' in page.text) == (True, True)
    assert "1つ上へ" not in desk.get(f"/staff/plan/sections/{sections['章'].pk}/").text


@pytest.mark.parametrize("path", ["new/", "arrange/"])
def test_others_do_not_open_them(client_of, writer, sections, path):
    address = f"/staff/plan/sections/{sections['乙'].pk}/{path}"
    assert client_of(writer).post(address).status_code == 403
