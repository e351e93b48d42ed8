"""`survey.yaml`, `statistics.yaml`, `meetings.yaml`: the evidence beside the plan."""

from decimal import Decimal

from measures.models import Measure
from mine_welfare.toolkit.yamlfile import Located, Node, Problem
from plans.models import Plan
from plans.planfile import sync

from .models import Origin, Question, ResidentMeeting, Survey, Tally

SURVEY_TEXTS = ("slug", "title", "target", "period", "distribution", "collection")
SERIES_TEXTS = ("code", "theme", "title", "unit", "as_of", "source", "note")


def _decimal(node: Node) -> Decimal | None:
    text = node.number()
    return None if text is None else Decimal(text)


def _written(value: Decimal | None) -> str | int | float | None:
    """A decimal as a number of the file: 20992, 44.2 (no trailing zeros)."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


# ---- survey.yaml ----------------------------------------------------------
def read_surveys(root: Node) -> list[dict]:
    return [_survey(node) for node in root.fields("surveys")["surveys"].items()]


def _survey(node: Node) -> dict:
    names = (*SURVEY_TEXTS, "year", "starts_on", "ends_on", "sent", "returned", "response_rate")
    given = node.fields(*names, optional=("note", "questions"))
    return {
        **{name: given[name].required_text(200) for name in SURVEY_TEXTS},
        "year": given["year"].integer(1900, 2200),
        "starts_on": given["starts_on"].date(),
        "ends_on": given["ends_on"].date(),
        "sent": given["sent"].integer(1, 10**7),
        "returned": given["returned"].integer(0, 10**7),
        "response_rate": _decimal(given["response_rate"]),
        "note": given["note"].text(),
        "questions": [_question(item, place) for place, item in enumerate(given["questions"].items(), start=1)],
    }


def _question(node: Node, position: int) -> dict:
    given = node.fields(
        "code", "theme", "text", "kind",
        optional=("base", "statements", "measures", "items", "choices", "tallies", "rankings"),
    )  # fmt: skip
    choices = [
        {"label": label, "position": place, "is_no_answer": label == "無回答"}
        for place, label in enumerate(given["choices"].texts(), start=1)
    ]
    items = [_item(item) for item in given["items"].items()]
    numbers = {item["number"] for item in items}
    return {
        "code": given["code"].required_text(50),
        "position": position,
        "theme": given["theme"].required_text(60),
        "text": given["text"].required_text(200),
        "kind": given["kind"].one_of(Question.Kind.values),
        "base": given["base"].integer(0, 10**7),
        "statements": given["statements"].texts(),
        "measures": given["measures"].texts(),
        "items": items,
        "choices": choices,
        "tallies": [_tally(item, numbers) for item in given["tallies"].items()],
        "rankings": [_ranking(item, numbers) for item in given["rankings"].items()],
    }


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
        "percent": _decimal(given["percent"]),
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
    plain = [{name: value for name, value in survey.items() if name != "questions"} for survey in surveys]
    saved = sync(plan.surveys.all(), ("slug",), plain, {"plan": plan})
    for survey, data in zip(saved, surveys, strict=True):
        names = ("code", "position", "theme", "text", "kind", "base", "statements")
        rows = [{name: question[name] for name in names} for question in data["questions"]]
        questions = sync(survey.questions.all(), ("code",), rows, {"survey": survey})
        for question, given in zip(questions, data["questions"], strict=True):
            question.measures.set(_known(given["measures"], measures, problems))
            _save_answers(question, given, problems)


def _known(codes: list[Located], measures: dict[str, Measure], problems: list[Problem]) -> list[Measure]:
    problems += [code.problem(f"施策「{code}」がありません。") for code in codes if code not in measures]
    return [measures[code] for code in codes if code in measures]


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
    return {"surveys": [_dumped_survey(survey) for survey in plan.surveys.order_by("pk")]}


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
        "response_rate": _written(survey.response_rate),
        "note": survey.note,
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
        "theme": question.theme,
        "text": question.text,
        "kind": question.kind,
        "base": question.base,
        "measures": [measure.code for measure in question.measures.all()],
        "statements": question.statements,
        "items": [{"number": item.number, "label": item.label} for item in question.items.all()],
        "choices": [choice.label for choice in question.choices.all()],
        "tallies": [_dumped_tally(tally) for tally in question.tallies.all()],
        "rankings": list(rankings.values()),
    }


def _dumped_tally(tally: Tally) -> dict:
    return {
        "item": tally.item.number if tally.item else None,
        "choice": tally.choice.label if tally.choice else "",
        "label": tally.label,
        "percent": _written(tally.percent),
        "count": tally.count,
        "wording": tally.wording,
        "origin": tally.origin,
        "derivation": tally.derivation,
        "line": tally.line,
    }


# ---- statistics.yaml ------------------------------------------------------
def read_series(root: Node) -> list[dict]:
    rows = []
    for position, node in enumerate(root.fields("series")["series"].items(), start=1):
        given = node.fields(
            "code", "theme", "title", "unit", "source", optional=("as_of", "note", "measures", "points")
        )
        rows.append(
            {
                **{name: given[name].text(200) for name in SERIES_TEXTS},
                "position": position,
                "measures": given["measures"].texts(),
                "points": [_point(item) for item in given["points"].items()],
            }
        )
    return rows


def _point(node: Node) -> dict:
    given = node.fields("year", optional=("value", "wording", "origin", "derivation", "line"))
    return {
        "year": given["year"].integer(1900, 2200),
        "value": _decimal(given["value"]),
        "wording": given["wording"].text(40),
        "origin": given["origin"].one_of(Origin.values, default=Origin.PUBLISHED),
        "derivation": given["derivation"].text(200),
        "line": given["line"].integer(1),
    }


def save_series(plan: Plan, rows: list[dict], measures: dict[str, Measure], problems: list[Problem]) -> None:
    plain = [{name: value for name, value in row.items() if name not in ("measures", "points")} for row in rows]
    for series, row in zip(sync(plan.series.all(), ("code",), plain, {"plan": plan}), rows, strict=True):
        series.measures.set(_known(row["measures"], measures, problems))
        sync(series.points.all(), ("year",), row["points"], {"series": series})


def dump_series(plan: Plan) -> dict:
    rows = []
    for series in plan.series.prefetch_related("measures", "points"):
        points = [
            {
                "year": point.year,
                "value": _written(point.value),
                **{name: getattr(point, name) for name in ("wording", "origin", "derivation", "line")},
            }
            for point in series.points.all()
        ]
        texts = {name: getattr(series, name) for name in SERIES_TEXTS}
        rows.append({**texts, "measures": [measure.code for measure in series.measures.all()], "points": points})
    return {"series": rows}


# ---- meetings.yaml --------------------------------------------------------
def read_meetings(root: Node) -> list[dict]:
    return [_meeting(node) for node in root.fields("meetings")["meetings"].items()]


def _meeting(node: Node) -> dict:
    given = node.fields("slug", "title", "districts", "participants", "topics", optional=("note",))
    topics = []
    for position, item in enumerate(given["topics"].items(), start=1):
        topic = item.fields("field", "opinions", "issues", optional=("measures",))
        topics.append(
            {
                "position": position,
                "field": topic["field"].required_text(60),
                "opinions": topic["opinions"].texts(),
                "issues": topic["issues"].texts(),
                "measures": topic["measures"].texts(),
            }
        )
    return {
        "slug": given["slug"].required_text(50),
        "title": given["title"].required_text(120),
        "districts": given["districts"].integer(1, 999),
        "participants": given["participants"].integer(0, 10**6),
        "note": given["note"].text(),
        "topics": topics,
    }


def save_meetings(plan: Plan, meetings: list[dict], measures: dict[str, Measure], problems: list[Problem]) -> None:
    plain = [{name: value for name, value in row.items() if name != "topics"} for row in meetings]
    saved = sync(plan.resident_meetings.all(), ("slug",), plain, {"plan": plan})
    for meeting, data in zip(saved, meetings, strict=True):
        rows = [{name: value for name, value in topic.items() if name != "measures"} for topic in data["topics"]]
        topics = sync(meeting.topics.all(), ("position",), rows, {"meeting": meeting})
        for topic, given in zip(topics, data["topics"], strict=True):
            topic.measures.set(_known(given["measures"], measures, problems))


def dump_meetings(plan: Plan) -> dict:
    return {"meetings": [_dumped_meeting(meeting) for meeting in plan.resident_meetings.order_by("slug")]}


def _dumped_meeting(meeting: ResidentMeeting) -> dict:
    topics = [
        {
            "field": topic.field,
            "opinions": topic.opinions,
            "issues": topic.issues,
            "measures": [measure.code for measure in topic.measures.all()],
        }
        for topic in meeting.topics.prefetch_related("measures")
    ]
    return {
        "slug": meeting.slug,
        "title": meeting.title,
        "districts": meeting.districts,
        "participants": meeting.participants,
        "note": meeting.note,
        "topics": topics,
    }
