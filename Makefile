# The commands of this house. `make` alone lists them.

PORT ?= 8000
PLAN ?= fixtures/plan3
DEMO ?= 1
BIN := .venv/bin
export PORT PLAN DEMO

.DEFAULT_GOAL := help
.PHONY: help run test lint format lock load bench clean wheels \
	lint-code lint-format lint-types lint-imports lint-templates lint-migrations

help: ## この一覧を表示します
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

run: ## ポータルを動かします（番号を変えるには PORT=8765、デモなしは DEMO=0）
	@deploy/bootstrap && exec deploy/serve

test: ## 書き方の検査と、SQLite・PostgreSQL での全部の試験を行います
	@tests/run

load: ## 計画のデータ（PLAN=フォルダー）を読み込み直します
	@deploy/bootstrap && exec deploy/setup --reload

lint: lint-code lint-format lint-types lint-imports lint-templates lint-migrations ## 書き方を検査します（何も変えません）
lint-code:
	$(BIN)/ruff check .
lint-format:
	$(BIN)/ruff format --check --quiet .
lint-types:
	$(BIN)/mypy
lint-imports:
	$(BIN)/lint-imports --no-cache
lint-templates:
	$(BIN)/djhtml --tabwidth 2 --check templates
	$(BIN)/djlint --lint --quiet templates
lint-migrations:
	$(BIN)/python manage.py makemigrations --check --dry-run --settings mine_welfare.settings_test

format: ## プログラムとテンプレートの形を整えます
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djhtml --tabwidth 2 templates

lock: ## pyproject.toml から requirements*.lock を作り直します
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml --group dev --constraints requirements.lock --output-file requirements-dev.lock

wheels: ## ネットワークのない機械に運ぶ部品を wheels/ に集めます
	@deploy/bootstrap
	$(BIN)/python -m pip download --require-hashes -r requirements.lock --dest wheels

bench: ## 速さを測ります
	@deploy/bootstrap test && exec bench/run

clean: ## 作り直せるものを消します（データの var/ は残します）
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
