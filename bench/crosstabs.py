"""Every cross table of the survey by age, once: started by itself so that its memory can be measured.

`python -m bench.crosstabs xlsx` also writes them as a workbook; `answers` writes
and reads back a workbook of as many made-up answers as `sys.argv[2]` says.
"""

import csv
import io
import sys

import django

django.setup()

from bench import synthetic  # noqa: E402
from surveys.models import Survey  # noqa: E402
from surveys.queries.tables import Answers  # noqa: E402
from surveys.sheets.files import as_excel, table_of  # noqa: E402
from surveys.sheets.tables import COLUMNS, exported  # noqa: E402


def tables(survey: Survey) -> int:
    return sum(1 for _ in Answers(survey).tables("age"))


def xlsx(survey: Survey) -> int:
    return len(as_excel("集計表", COLUMNS, exported(Answers(survey).tables("age"))))


def answers(survey: Survey) -> int:
    rows = csv.DictReader(io.StringIO(synthetic.answers(survey, int(sys.argv[2]))))
    return len(table_of("回答.xlsx", as_excel("回答", rows.fieldnames or [], rows)).rows)


if __name__ == "__main__":
    work = {"xlsx": xlsx, "answers": answers}.get("".join(sys.argv[1:2]), tables)
    print(work(Survey.objects.get(slug="r6")))
