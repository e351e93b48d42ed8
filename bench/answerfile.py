"""Write the made-up answers of the loaded plan's survey, to be brought in on its staff page.

python -m bench.answerfile definition > 定義.csv
python -m bench.answerfile answers 663 > 合成.csv
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mine_welfare.settings")
django.setup()

from bench import synthetic  # noqa: E402
from surveys.models import Survey  # noqa: E402

if __name__ == "__main__":
    what, *number = sys.argv[1:]
    survey = Survey.objects.order_by("-year").first()
    text = synthetic.definition(survey) if what == "definition" else synthetic.answers(survey, *map(int, number))
    sys.stdout.buffer.write(text.encode("utf-8-sig"))
