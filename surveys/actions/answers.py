"""Raw answers: kept, counted, deleted."""

from django.db import transaction

from mine_welfare.accounts.models import User
from mine_welfare.toolkit.csvfile import Table
from mine_welfare.toolkit.refusal import Refused

from .. import permissions
from ..models import AnswerColumn, AnswerSet, Origin, Survey, Tally, Upload
from ..queries.tables import NO_ANSWER, Answers, AnswerTable
from ..sheets import answers as sheet
from ..sheets.cells import Reading


def write_answers(upload: Upload, table: Table, reading: Reading, by: User) -> AnswerSet:
    """Put the answers of the file in the place of those the survey has."""
    AnswerSet.objects.filter(survey=upload.survey).delete()
    kept = AnswerSet.objects.create(
        survey=upload.survey,
        number=reading.number,
        filename=upload.filename,
        encoding=reading.encoding,
        is_synthetic=sheet.is_synthetic(table),
        imported_by=by,
    )
    AnswerColumn.objects.bulk_create(
        AnswerColumn(
            answers=kept,
            question=column.question,
            item=column.item,
            labels=column.labels,
            codes=column.codes,
            texts=column.texts,
        )
        for column in reading.records
    )
    return kept


@transaction.atomic
def delete_answers(*, survey: Survey, by: User) -> None:
    """Delete the raw answers; the counts that were kept stay."""
    if sentence := permissions.change_refusal(by):
        raise Refused(sentence)
    deleted, _ = AnswerSet.objects.filter(survey=survey).delete()
    if not deleted:
        raise Refused("回答データは、もうありません。")


@transaction.atomic
def keep_counts(*, survey: Survey, by: User) -> int:
    """Keep the counts of everyone as shares of the survey; how many were written.

    What the plan prints is not touched: a count fills only the gaps.
    """
    if sentence := permissions.counts_refusal(by, survey):
        raise Refused(sentence)
    written = 0
    for table in Answers(survey).tables():
        if table.rows:
            written += _keep_table(table)
    survey.plan.touch()
    return written


def _keep_table(table: AnswerTable) -> int:
    question, row = table.question, table.everyone
    if question.base is None:
        question.base = row.base
        question.save()
    choices = {choice.label: choice for choice in question.choices.all()}
    item = next((item for item in question.items.all() if str(item) == table.item), None)
    own = question.tallies.filter(item=item, label="")
    printed = set(own.exclude(origin=Origin.COUNTED).values_list("choice", flat=True))
    written = 0
    for label, cell in zip(table.heads, row.cells, strict=True):
        choice = choices.get(label) or _no_answer(choices, label)
        if choice is None or choice.pk in printed or cell.count is None:
            continue
        fields = {"percent": cell.percent, "count": cell.count, "origin": Origin.COUNTED}
        Tally.objects.update_or_create(question=question, item=item, choice=choice, label="", defaults=fields)
        written += 1
    return written


def _no_answer(choices: dict, label: str):
    """The question's own choice for 無回答, however it is worded."""
    return next((one for one in choices.values() if one.is_no_answer), None) if label == NO_ANSWER else None
