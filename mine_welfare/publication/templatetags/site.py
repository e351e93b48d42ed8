"""What citizens' pages show beside their own subject: the menu, whom to ask, what citizens said."""

from django import template

from mine_welfare.accounts.directory import secretariat
from mine_welfare.publication.evidence import Evidence
from mine_welfare.publication.evidence import evidence as evidence_beside

register = template.Library()

# Words, name of the address, and the other addresses whose pages belong to the item.
PUBLIC_MENU = (
    ("計画を読む", "plan", ("/glossary/",)),
    ("施策をさがす", "goals", ("/policies/", "/measures/", "/actions/", "/organizations/")),
    ("評価", "evaluations"),
    ("調査・統計", "surveys", ("/statistics/", "/meetings/")),
    ("再犯防止", "reoffense"),
    ("やさしい日本語", "easy"),
)
ABOUT_MENU = (
    ("アクセシビリティ方針と試験結果", "accessibility"),
    ("オープンデータ（CSV・JSON）", "opendata"),
    ("担当課の一覧", "organizations"),
    ("用語解説", "glossary"),
    ("訂正履歴", "corrections"),
    ("職員・委員の方（サインイン）", "login"),
)


@register.simple_tag
def public_menu() -> tuple:
    """`{% public_menu as items %}{% menu items %}`: the main menu."""
    return PUBLIC_MENU


@register.simple_tag
def about_menu() -> tuple:
    """`{% about_menu as items %}{% menu items %}`: what stands at the foot only."""
    return ABOUT_MENU


@register.inclusion_tag("public/contact.html", takes_context=True)
def contact(context: dict) -> dict:
    """`{% contact %}`: the organizations that keep the plan, with their public contact."""
    return {"plan": context.get("plan"), "offices": secretariat(context["request"])}


@register.simple_tag(takes_context=True)
def evidence(context: dict) -> Evidence | None:
    """`{% evidence as beside %}`: what a survey said about the measure of the page."""
    return evidence_beside(context["plan"].edition, context["measure"].pk)
