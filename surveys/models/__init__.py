"""調査・統計・座談会: what stands beside the plan as evidence."""

from .answers import AnswerColumn, AnswerSet, Upload
from .feeds import IndicatorFeed
from .meetings import MeetingTopic, ResidentMeeting
from .origin import Origin
from .questions import Choice, Item, Question, Ranking, Survey, Tally
from .statistics import GAP, Point, Series

__all__ = [
    "GAP",
    "AnswerColumn",
    "AnswerSet",
    "Choice",
    "IndicatorFeed",
    "Item",
    "MeetingTopic",
    "Origin",
    "Point",
    "Question",
    "Ranking",
    "ResidentMeeting",
    "Series",
    "Survey",
    "Tally",
    "Upload",
]
