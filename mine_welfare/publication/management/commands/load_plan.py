from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mine_welfare.publication import planfile
from mine_welfare.toolkit.yamlfile import FileProblems


class Command(BaseCommand):
    help = "計画のデータ（YAMLのフォルダー）を確かめて読み込みます。誤りがあれば、何も変えません。"

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR", help="plan.yaml のあるフォルダー")
        parser.add_argument("--check", action="store_true", help="確かめるだけで、読み込みません")

    def handle(self, *, folder: Path, check: bool, **options):
        try:
            if check:
                planfile.read_folder(folder)
                self.stdout.write("誤りはありません。")
                return
            plan = planfile.load(folder)
        except FileProblems as found:
            listing = "\n".join(f"  {problem}" for problem in found.problems)
            raise CommandError(f"読み込めません。{len(found.problems)}か所を直してください。\n{listing}") from found
        self.stdout.write(
            f"{plan.short_title}を読み込みました"
            f"（施策 {plan.measures.count()}、取組 {plan.actions.count()}、本文 {plan.sections.count()}節）。"
        )
