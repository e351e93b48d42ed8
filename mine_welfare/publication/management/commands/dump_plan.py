from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mine_welfare.publication import planfile
from plans.models import Plan


class Command(BaseCommand):
    help = "計画のデータを、load_plan が読むのと同じ形のフォルダーに書き出します。"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--plan", help="計画の識別名（省くと公開中の計画）")

    def handle(self, *, folder: Path, plan: str | None, **options):
        found = Plan.objects.filter(slug=plan).first() if plan else Plan.objects.current()
        if found is None:
            raise CommandError("その計画は読み込まれていません。")
        for path in planfile.dump_folder(found, folder):
            self.stdout.write(str(path))
