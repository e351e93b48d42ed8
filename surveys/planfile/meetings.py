"""`meetings.yaml`: what residents said."""

from measures.models import Measure
from mine_welfare.toolkit.yamlfile import Node, Problem
from plans.models import Plan
from plans.planfile import sync

from ..models import ResidentMeeting
from .values import known


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
            topic.measures.set(known(given["measures"], measures, problems))


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
