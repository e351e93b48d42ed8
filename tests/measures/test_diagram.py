"""The state diagrams of the README are those of the table that decides."""

import pytest
from django.conf import settings
from django.core.management import call_command

from measures import diagram
from measures.management.commands import draw_states

README = settings.BASE_DIR / "README.md"


def test_the_readme_shows_the_table_as_it_is():
    text = README.read_text(encoding="utf-8")
    assert text.count("<!-- states: ") == len(diagram.DIAGRAMS) == text.count("```mermaid")
    assert diagram.redraw(text) == text


@pytest.mark.parametrize("name", diagram.DIAGRAMS)
def test_a_diagram_that_fell_behind_is_drawn_anew(name):
    old = f"before\n<!-- states: {name} -->\n```mermaid\nold\n```\n<!-- /states -->\nafter"
    new = diagram.redraw(old)
    assert new == f"before\n<!-- states: {name} -->\n{diagram.DIAGRAMS[name]()}\n<!-- /states -->\nafter"
    assert diagram.redraw(new) == new


def test_an_arrow_says_what_and_who():
    lines = diagram.sheet().splitlines()
    assert lines[:3] == ["```mermaid", "stateDiagram-v2", "    [*] --> 未入力"]
    assert "    提出済 --> 差戻し: 差戻し（課長・事務局）" in lines
    assert "    事務局確認済 --> 差戻し: 差戻し（事務局）" in lines
    assert [line for line in lines if line.startswith("    差戻し --> 差戻し")] == []


def test_a_year_goes_forward_and_back():
    assert len(diagram.year().splitlines()) == 3 + 8 + 8 + 1


def test_an_unknown_diagram_is_an_error():
    with pytest.raises(KeyError):
        diagram.redraw("<!-- states: nothing -->\n\n<!-- /states -->")


def test_the_command_writes_only_what_changed(tmp_path, monkeypatch, capsys):
    readme = tmp_path / "README.md"
    readme.write_text("<!-- states: year -->\n\n<!-- /states -->", encoding="utf-8")
    monkeypatch.setattr(draw_states, "README", readme)
    call_command("draw_states")
    call_command("draw_states")
    assert readme.read_text(encoding="utf-8") == f"<!-- states: year -->\n{diagram.year()}\n<!-- /states -->"
    assert capsys.readouterr().out.splitlines() == ["図を描き直しました。", "図は、表のとおりです。"]
