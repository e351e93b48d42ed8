"""Spellings of one word that stand side by side in public texts: who types one of them finds all."""

import re
from functools import lru_cache

from mine_welfare.toolkit.text import fold

# Pairs that occur in plans, minutes and questions of the field; what 「全角」 or 「カタカナ」 makes is folded before.
SPELLINGS = (
    ("引きこもり", "ひきこもり", "引き籠もり"),
    ("障害", "障がい", "障碍"),
    ("子ども", "こども", "子供"),
    ("取組", "取り組み", "取組み"),
    ("支え合い", "支えあい", "ささえあい"),
    ("助け合い", "助けあい", "たすけあい"),
    ("ふれあい", "触れ合い", "触れあい"),
    ("つながり", "繋がり"),
    ("声かけ", "声掛け", "声がけ"),
    ("呼びかけ", "呼び掛け"),
    ("話し合い", "話合い"),
    ("一人暮らし", "ひとり暮らし", "独り暮らし", "一人暮し"),
    ("ひとり親", "一人親"),
    ("まちづくり", "街づくり", "町づくり"),
    ("空き家", "空家"),
    ("問合せ", "問い合わせ", "問合わせ"),
    ("申込み", "申し込み", "申込"),
    ("手続", "手続き"),
)
_GROUPS = {fold(one): sorted(map(fold, group), key=len, reverse=True) for group in SPELLINGS for one in group}
_KNOWN = re.compile("|".join(sorted(map(re.escape, _GROUPS), key=len, reverse=True)))


@lru_cache(maxsize=256)
def pattern(word: str) -> re.Pattern[str]:
    """What finds a folded word in folded text, whichever of its spellings stands there.

    >>> bool(pattern("こども会").search("子ども会"))
    True
    """
    found, place = [], 0
    for known in _KNOWN.finditer(word):
        found += [re.escape(word[place : known.start()]), f"(?:{'|'.join(_GROUPS[known[0]])})"]
        place = known.end()
    return re.compile("".join([*found, re.escape(word[place:])]))
