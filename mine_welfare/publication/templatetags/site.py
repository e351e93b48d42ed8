"""What the frame of the citizens' pages shows: the menu and whom to ask."""

from django import template

from mine_welfare.accounts.models import Organization

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
    offices = Organization.objects.current().filter(is_secretariat=True)
    return {"plan": context.get("plan"), "offices": offices}
