"""What a person sent, cleaned and compared with what stands."""

import pytest

from measures.actions.changes import differing, long_text, reason_for
from measures.models import Cycle
from mine_welfare.toolkit.refusal import Refused

pytestmark = pytest.mark.django_db


def test_only_what_differs_after_cleaning(cycle):
    row = Cycle(instructions="同じ", grace_days=3)
    sent = {"instructions": " 同じ\x00\r\n", "grace_days": 4}
    assert differing(row, sent, {"instructions": "お願い", "grace_days": "日数"}, cycle.scale) == {"grace_days": 4}


def test_texts_and_reasons_have_an_end():
    assert (long_text(" 一\r\n二 ", "意見"), reason_for("訂正", " 誤り ")) == ("一\n二", "誤り")
    assert (len(long_text("あ" * 10_000, "意見")), len(reason_for("訂正", "あ" * 100))) == (10_000, 100)
    with pytest.raises(Refused, match="^「意見」は10,000字までです。$"):
        long_text("あ" * 10_001, "意見")
    with pytest.raises(Refused, match="^理由は100字までです。$"):
        reason_for("訂正", "あ" * 101)
    with pytest.raises(Refused, match="^訂正には、理由が必要です。$"):
        reason_for("訂正", "\n")
