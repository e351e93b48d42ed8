"""Every cross table of the survey by age, once: started by itself so that its memory can be measured."""

import django

django.setup()

from surveys.models import Survey  # noqa: E402
from surveys.queries.tables import Answers  # noqa: E402

if __name__ == "__main__":
    print(sum(1 for _ in Answers(Survey.objects.get(slug="r6")).tables("age")))
