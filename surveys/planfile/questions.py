"""`survey.yaml`: surveys, their questions, and what the plan says of the answers."""

from measures.models import Measure
from mine_welfare.toolkit.yamlfile import Node, Problem
from plans.models import Plan
from plans.planfile import sync

from ..models import Origin, Question, Survey, Tally
from .values import decimal, known, written

NO_ANSWER = "無回答"
LIMITS = ("hide_below", "base_hidden_below", "base_reference_below")

SURVEY_TEXTS = ("slug", "title", "target", "period", "distribution", "collection")


def read_surveys(root: Node) -> list[dict]:
    return [_survey(node) for node in root.fields("surveys")["surveys"].items()]


def _survey(node: Node) -> dict:
    names = (*SURVEY_TEXTS, "year", "starts_on", "ends_on", "sent", "returned", "response_rate")
    given = node.fields(*names, optional=("note", "previous", "hidden", *LIMITS, "questions"))
    return {
        **{name: given[name].required_text(200) for name in SURVEY_TEXTS},
        "year": given["year"].integer(1900, 2200),
        "starts_on": given["starts_on"].date(),
        "ends_on": given["ends_on"].date(),
        "sent": given["sent"].integer(1, 10**7),
        "returned": given["returned"].integer(0, 10**7),
        "response_rate": decimal(given["response_rate"]),
        "note": given["note"].text(),
        "previous": given["previous"].text(50),
        "is_public": not given["hidden"].flag(),
        **{name: _limit(given[name], name) for name in LIMITS},
        "questions": [_question(item, place) for place, item in enumerate(given["questions"].items(), start=1)],
    }


def _default(name: str) -> int:
    return Survey._meta.get_field(name).default


def _limit(node: Node, name: str) -> int | None:
    """How small a group or a count may be; the portal's usual limit where the file says nothing."""
    return _default(name) if node.is_empty else node.integer(1, 999)


def _question(node: Node, position: int) -> dict:
    given = node.fields(
        "code", "theme", "text", "kind",
        optional=(
            "field", "base", "attribute", "statements", "remarks", "measures",
            "items", "choices", "tallies", "rankings",
        ),
    )  # fmt: skip
    choices = [_choice(item, place) for place, item in enumerate(given["choices"].items(), start=1)]
    items = [_item(item) for item in given["items"].items()]
    numbers = {item["number"] for item in items}
    return {
        "code": given["code"].required_text(50),
        "position": position,
        "field": given["field"].text(60),
        "theme": given["theme"].required_text(60),
        "text": given["text"].required_text(200),
        "kind": given["kind"].one_of(Question.Kind.values),
        "base": given["base"].integer(0, 10**7),
        "is_attribute": given["attribute"].flag(),
        "statements": given["statements"].texts(),
        "remarks": given["remarks"].texts(),
        "measures": given["measures"].texts(),
        "items": items,
        "choices": choices,
        "tallies": [_tally(item, numbers) for item in given["tallies"].items()],
        "rankings": [_ranking(item, numbers) for item in given["rankings"].items()],
    }


def _choice(node: Node, position: int) -> dict:
    """A choice is its words, or words and the code that stands for them in a file of answers."""
    given = node.fields("label", "code") if node.is_mapping else {"label": node}
    label = given["label"].required_text(120)
    code = given["code"].required_text(10) if "code" in given else ""
    return {"label": label, "position": position, "is_no_answer": label == NO_ANSWER, "code": code}


def _item(node: Node) -> dict:
    given = node.fields("number", "label")
    return {"number": given["number"].integer(1, 99), "label": given["label"].required_text(120)}


def _item_number(node: Node, numbers: set[int | None]) -> int | None:
    """The number of one of the question's items, or None where none is given."""
    number = node.integer(1, 99)
    if number is not None and number not in numbers:
        node.problem(f"項目の番号「{number}」がこの設問にありません。")
    return number


def _tally(node: Node, numbers: set[int | None]) -> dict:
    given = node.fields(
        optional=("item", "choice", "label", "percent", "count", "wording", "origin", "derivation", "line")
    )
    tally = {
        "item": _item_number(given["item"], numbers),
        "choice": given["choice"].text(120),
        "label": given["label"].text(160),
        "percent": decimal(given["percent"]),
        "count": given["count"].integer(0, 10**7),
        "wording": given["wording"].text(60),
        "origin": given["origin"].one_of(Origin.values, default=Origin.PUBLISHED),
        "derivation": given["derivation"].text(200),
        "line": given["line"].integer(1),
    }
    if tally["percent"] is not None and not 0 <= tally["percent"] <= 100:
        given["percent"].problem("割合は0から100までです。")
    if tally["origin"] == Origin.DERIVED and not tally["derivation"]:
        node.problem("計算した値には「derivation」（計算の方法）が必要です。")
    return tally


def _ranking(node: Node, numbers: set[int | None]) -> dict:
    given = node.fields("criterion", "items", optional=("line",))
    return {
        "criterion": given["criterion"].required_text(120),
        "items": [_item_number(item, numbers) for item in given["items"].items()],
        "line": given["line"].integer(1),
    }


def save_surveys(plan: Plan, surveys: list[dict], measures: dict[str, Measure], problems: list[Problem]) -> None:
    apart = ("questions", "previous")
    plain = [{name: value for name, value in survey.items() if name not in apart} for survey in surveys]
    saved = sync(plan.surveys.all(), ("slug",), plain, {"plan": plan})
    _save_previous(saved, surveys, problems)
    for survey, data in zip(saved, surveys, strict=True):
        names = ("code", "position", "field", "theme", "text", "kind", "base", "is_attribute", "statements", "remarks")
        rows = [{name: question[name] for name in names} for question in data["questions"]]
        questions = sync(survey.questions.all(), ("code",), rows, {"survey": survey})
        for question, given in zip(questions, data["questions"], strict=True):
            question.measures.set(known(given["measures"], measures, problems))
            _save_answers(question, given, problems)


def _save_previous(saved: list[Survey], surveys: list[dict], problems: list[Problem]) -> None:
    by_slug = {survey.slug: survey for survey in saved}
    for survey, data in zip(saved, surveys, strict=True):
        slug = data["previous"]
        if slug and (slug not in by_slug or slug == survey.slug):
            problems.append(slug.problem(f"前回の調査「{slug}」がありません。"))
        elif survey.previous != by_slug.get(slug):
            survey.previous = by_slug.get(slug)
            survey.save()


def _save_answers(question: Question, given: dict, problems: list[Problem]) -> None:
    items = {
        item.number: item for item in sync(question.items.all(), ("number",), given["items"], {"question": question})
    }
    saved = sync(question.choices.all(), ("label",), given["choices"], {"question": question})
    choices = {choice.label: choice for choice in saved}
    rows = []
    for tally in given["tallies"]:
        choice = tally["choice"]
        if choice and choice not in choices:
            problems.append(choice.problem(f"選択肢「{choice}」がこの設問にありません。"))
        rows.append({**tally, "item": items.get(tally["item"]), "choice": choices.get(choice)})
    present = question.tallies.select_related("item", "choice")
    sync(present, ("item", "choice", "label"), rows, {"question": question})
    ranks = [
        {"criterion": ranking["criterion"], "rank": rank, "item": items[number], "line": ranking["line"]}
        for ranking in given["rankings"]
        for rank, number in enumerate(ranking["items"], start=1)
    ]
    sync(question.rankings.select_related("item"), ("criterion", "rank"), ranks, {"question": question})


def dump_surveys(plan: Plan) -> dict:
    return {"surveys": [_dumped_survey(survey) for survey in plan.surveys.select_related("previous").order_by("pk")]}


def _dumped_survey(survey: Survey) -> dict:
    questions = survey.questions.prefetch_related(
        "measures", "items", "choices", "tallies__item", "tallies__choice", "rankings__item"
    )
    texts = {name: getattr(survey, name) for name in SURVEY_TEXTS}
    return {
        "slug": texts.pop("slug"),
        "title": texts.pop("title"),
        "year": survey.year,
        **texts,
        "starts_on": survey.starts_on.isoformat(),
        "ends_on": survey.ends_on.isoformat(),
        "sent": survey.sent,
        "returned": survey.returned,
        "response_rate": written(survey.response_rate),
        "note": survey.note,
        "previous": survey.previous.slug if survey.previous else "",
        "hidden": not survey.is_public,
        **{name: value if (value := getattr(survey, name)) != _default(name) else None for name in LIMITS},
        "questions": [_dumped_question(question) for question in questions],
    }


def _dumped_question(question: Question) -> dict:
    rankings: dict[str, dict] = {}
    # In the order of the draft, whichever order the database gives to the words of a criterion.
    for row in sorted(question.rankings.all(), key=lambda row: (row.line or 0, row.criterion, row.rank)):
        ranking = rankings.setdefault(row.criterion, {"criterion": row.criterion, "items": [], "line": row.line})
        ranking["items"].append(row.item.number)
    return {
        "code": question.code,
        "field": question.field,
        "theme": question.theme,
        "text": question.text,
        "kind": question.kind,
        "base": question.base,
        "attribute": question.is_attribute,
        "measures": [measure.code for measure in question.measures.all()],
        "statements": question.statements,
        "remarks": question.remarks,
        "items": [{"number": item.number, "label": item.label} for item in question.items.all()],
        "choices": [
            {"label": choice.label, "code": choice.code} if choice.code else choice.label
            for choice in question.choices.all()
        ],
        "tallies": [_dumped_tally(tally) for tally in question.tallies.all()],
        "rankings": list(rankings.values()),
    }


def _dumped_tally(tally: Tally) -> dict:
    return {
        "item": tally.item.number if tally.item else None,
        "choice": tally.choice.label if tally.choice else "",
        "label": tally.label,
        "percent": written(tally.percent),
        "count": tally.count,
        "wording": tally.wording,
        "origin": tally.origin,
        "derivation": tally.derivation,
        "line": tally.line,
    }
