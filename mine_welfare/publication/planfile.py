"""A whole plan as a folder of YAML files: read, check, load, and write back.

Each app reads and writes its own part; this module knows only the file names
and the order. Nothing is written unless everything was understood.
"""

from dataclasses import dataclass, field
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

import measures.planfile
import plans.planfile
import reoffense.planfile
import surveys.planfile
from mine_welfare.accounts import planfile as accounts
from mine_welfare.toolkit.yamlfile import FileProblems, Problem, dump, read
from plans.models import Plan

HEADER = "{title}\n`manage.py load_plan` が読み、`manage.py dump_plan` が同じ形で書き出します。"


@dataclass
class PlanFiles:
    """Everything the files say, before anything is written."""

    plan: dict
    actors: list[dict]
    organizations: list[dict]
    goals: list[dict]
    measures: list[dict]
    sections: list[dict]
    optional: dict[str, object] = field(default_factory=dict)


# Files a plan may leave out, and what reads each.
OPTIONAL = {
    "glossary.yaml": plans.planfile.read_terms,
    "related_plans.yaml": plans.planfile.read_related_plans,
    "tiers.yaml": plans.planfile.read_tiers,
    "errata.yaml": plans.planfile.read_errata,
    "scale.yaml": measures.planfile.read_scales,
    "previous_review.yaml": measures.planfile.read_previous_reviews,
    "reoffense.yaml": reoffense.planfile.read,
    "survey.yaml": surveys.planfile.read_surveys,
    "statistics.yaml": surveys.planfile.read_series,
    "meetings.yaml": surveys.planfile.read_meetings,
}
TITLES = {
    "organizations.yaml": "組織",
    "plan.yaml": "計画の基本事項",
    "glossary.yaml": "用語解説",
    "related_plans.yaml": "関連計画の期間（素案の表のとおり）",
    "tiers.yaml": "圏域",
    "errata.yaml": "素案の確認事項（読み取りの誤り、素案の表記、収録しない行）",
    "scale.yaml": "評価の基準（達成度と今後の方向性）",
    "previous_review.yaml": "前計画の評価・見直し",
    "reoffense.yaml": "再犯防止推進計画",
    "survey.yaml": "アンケート調査",
    "statistics.yaml": "統計",
    "meetings.yaml": "座談会",
}


def read_folder(folder: Path) -> PlanFiles:
    """Read and check every file of `folder`; FileProblems names each problem with file and line."""
    problems: list[Problem] = []
    if not folder.is_dir():
        raise FileProblems([Problem(str(folder), 1, "フォルダーがありません。")])
    plan = plans.planfile.read_plan(read(folder / "plan.yaml", problems), also=("actors",))
    files = PlanFiles(
        plan=plan,
        actors=measures.planfile.read_actors(plan["actors"]),
        organizations=accounts.read(read(folder / "organizations.yaml", problems)),
        goals=[plans.planfile.read_goal(read(path, problems)) for path in sorted(folder.glob("goal*.yaml"))],
        measures=[],
        sections=[],
    )
    files.measures = _measures(files.goals)
    for path in sorted(folder.glob("chapter*.yaml")):
        files.sections += plans.planfile.read_chapter(read(path, problems))
    for name, reader in OPTIONAL.items():
        if (folder / name).exists():
            files.optional[name] = reader(read(folder / name, problems))
    problems += measures.planfile.check_measures(files.measures, files.actors, plan["components"])
    if problems:
        raise FileProblems(problems)
    return files


def _measures(goals: list[dict]) -> list[dict]:
    """All measures of all goals, each with the code of its policy."""
    found = []
    for goal in goals:
        for policy in goal["policies"]:
            for number, node in enumerate(policy["measures"], start=1):
                measure = measures.planfile.read_measure(node, number)
                found.append({**measure, "policy": f"{goal['number']}-{policy['number']}"})
    return found


def load(folder: Path) -> Plan:
    """Load the plan in `folder` and return it; on any problem nothing changes (FileProblems)."""
    files = read_folder(folder)
    try:
        with transaction.atomic():
            return _save(files)
    except ProtectedError as error:
        names = "、".join(sorted({str(row) for row in error.protected_objects})[:5])
        raise FileProblems(
            [Problem(folder.name, 1, f"使用中のものが消えるため、読み込めません（使っているもの: {names}）。")]
        ) from error
    except IntegrityError as error:
        raise FileProblems(
            [Problem(folder.name, 1, f"同じ番号や名前が2回使われているため、読み込めません（{error}）。")]
        ) from error


def _save(files: PlanFiles) -> Plan:
    problems: list[Problem] = []
    plan = plans.planfile.save_plan(files.plan, problems)
    organizations = accounts.save(files.organizations)
    actors = measures.planfile.save_actors(plan, files.actors, problems)
    policies = plans.planfile.save_goals(plan, files.goals)
    writer = measures.planfile.MeasureWriter(plan, policies, actors, organizations)
    writer.save(files.measures)
    plans.planfile.save_chapters(plan, files.sections)
    _save_optional(plan, files.optional, writer.measures, problems)
    if problems:
        raise FileProblems(problems)
    plan.touch()
    return plan


def _save_optional(plan: Plan, given: dict, by_code: dict, problems: list[Problem]) -> None:
    plans.planfile.save_terms(plan, given.get("glossary.yaml", []))
    plans.planfile.save_related_plans(plan, given.get("related_plans.yaml", []))
    plans.planfile.save_tiers(plan, given.get("tiers.yaml", []))
    plans.planfile.save_errata(plan, given.get("errata.yaml", []))
    measures.planfile.save_scales(plan, given.get("scale.yaml", []))
    measures.planfile.save_previous_reviews(plan, given.get("previous_review.yaml", []), by_code, problems)
    if "reoffense.yaml" in given:
        reoffense.planfile.save(plan, given["reoffense.yaml"], problems)
    surveys.planfile.save_surveys(plan, given.get("survey.yaml", []), by_code, problems)
    surveys.planfile.save_series(plan, given.get("statistics.yaml", []), by_code, problems)
    surveys.planfile.save_meetings(plan, given.get("meetings.yaml", []), by_code, problems)


def dump_folder(plan: Plan, folder: Path) -> list[Path]:
    """Write `plan` to `folder` and return the files written; a list with no entries gets no file."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (title, data) in sorted(_dumped(plan).items()):
        path = folder / name
        path.write_text(dump(data, HEADER.format(title=title)), encoding="utf-8")
        written.append(path)
    return written


def _dumped(plan: Plan) -> dict[str, tuple[str, dict]]:
    data: dict[str, dict] = {
        "plan.yaml": plans.planfile.dump_plan(plan) | {"actors": measures.planfile.dump_actors(plan)},
        "organizations.yaml": accounts.dump(),
        "glossary.yaml": plans.planfile.dump_terms(plan),
        "related_plans.yaml": plans.planfile.dump_related_plans(plan),
        "tiers.yaml": plans.planfile.dump_tiers(plan),
        "errata.yaml": plans.planfile.dump_errata(plan),
        "scale.yaml": measures.planfile.dump_scales(plan),
        "previous_review.yaml": measures.planfile.dump_previous_reviews(plan),
        "reoffense.yaml": reoffense.planfile.dump(plan),
        "survey.yaml": surveys.planfile.dump_surveys(plan),
        "statistics.yaml": surveys.planfile.dump_series(plan),
        "meetings.yaml": surveys.planfile.dump_meetings(plan),
    }
    found = {name: (TITLES[name], content) for name, content in data.items() if any(content.values())}
    by_policy = measures.planfile.dump_measures(plan)
    for goal in plan.goals.prefetch_related("policies"):
        found[f"goal{goal.number}.yaml"] = (str(goal), plans.planfile.dump_goal(goal, by_policy))
    for number, chapter in plans.planfile.dump_chapters(plan).items():
        found[f"chapter{number}.yaml"] = (f"{chapter['marker']} {chapter['title']}", chapter)
    return found
