"""Questions and shares from a confirmed file."""

from ..models import Choice, Item, Question, Survey, Tally
from ..sheets.cells import Reading
from ..sheets.definition import NO_ANSWER, Definition

OTHER = "その他"


def write_tallies(reading: Reading) -> None:
    for question, given in reading.records:
        place = {name: given[name] for name in ("item", "choice", "label")}
        values = {name: value for name, value in given.items() if name not in place}
        Tally.objects.update_or_create(question=question, **place, defaults={**values, "line": None})


def write_definition(survey: Survey, reading: Reading) -> None:
    """Add and change questions; what the definition does not name stays, since its shares may be printed."""
    last = max([0, *survey.questions.values_list("position", flat=True)])
    for place, definition in enumerate(reading.records, start=1):
        question = survey.questions.filter(code=definition.code).first()
        if question is None:
            question = Question(survey=survey, code=definition.code, position=last + place)
        question.text, question.kind = definition.text, definition.kind
        question.theme = definition.theme or question.theme or OTHER
        question.is_attribute = definition.is_attribute
        question.save()
        _write_items(question, definition)
        _write_choices(question, definition)


def _write_items(question: Question, definition: Definition) -> None:
    for number, label in definition.items.items():
        Item.objects.update_or_create(question=question, number=number, defaults={"label": label})


def _write_choices(question: Question, definition: Definition) -> None:
    if not definition.has_choices:
        return
    # Two choices may change their codes with each other.
    question.choices.update(code="")
    wanted = definition.choices if NO_ANSWER in definition.choices.values() else definition.choices | {"": NO_ANSWER}
    old = question.choices.exclude(label__in=wanted.values())
    for place, choice in enumerate(old, start=len(wanted) + 1):
        choice.position = place
        choice.save()
    for place, (code, label) in enumerate(wanted.items(), start=1):
        fields = {"position": place, "code": code, "is_no_answer": label == NO_ANSWER}
        Choice.objects.update_or_create(question=question, label=label, defaults=fields)
