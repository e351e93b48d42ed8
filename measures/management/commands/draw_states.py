"""READMEの状態の図を、状態の表から描き直します。"""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from measures.diagram import redraw

README = Path(settings.BASE_DIR) / "README.md"


class Command(BaseCommand):
    help = "READMEの状態の図を、measures/workflow.py の表から描き直します。"

    def handle(self, *args, **options):
        old = README.read_text(encoding="utf-8")
        new = redraw(old)
        if new == old:
            self.stdout.write("図は、表のとおりです。")
            return
        README.write_text(new, encoding="utf-8")
        self.stdout.write("図を描き直しました。")
