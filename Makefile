# Everything a person types. Nothing here needs root, except `make system-deps`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIND ?= 127.0.0.1:8000
export TENGLONG_HOME ?= $(CURDIR)/var
V := .venv/bin
PYTEST := $(V)/python -m pytest
UNIT := not slow and not browser and not bundle and not spark

.PHONY: help run install dev assets messages locale check lint types unit test test-postgres test-reverse test-spark test-browser \
        bundle test-bundle system-deps clean

help: ## 列出命令
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: ## 安装、建库、装入示范县并启动（http://127.0.0.1:8000）
	@started=$$(date +%s) && $(MAKE) --no-print-directory install assets locale && \
	exec $(V)/tenglong run --bind $(BIND) --started $$started

install: .venv/.installed ## 建立 .venv 并装入锁定的依赖
.venv/.installed: requirements.txt pyproject.toml scripts/check_python.sh
	@scripts/check_python.sh $(PYTHON)
	@test -x $(V)/python || $(PYTHON) -m venv .venv
	$(V)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(V)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@$(V)/python -m compileall -q src/tenglong  # where Python may not write bytecode, every start would compile everything anew
	@touch $@

dev: .venv/.installed-dev ## 加装开发依赖
.venv/.installed-dev: requirements-dev.txt .venv/.installed
	$(V)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

assets: node_modules/.copied ## 从 npm 取前端资源并复制到 static/vendor
node_modules/.copied: package.json package-lock.json scripts/assets.sh
	@scripts/check_node.sh
	scripts/assets.sh
	@touch $@

locale: install ## 编译译文
	@$(V)/python scripts/messages.py

messages: dev ## 收集待译文字并编译
	@$(V)/python scripts/extract_messages.py
	@$(V)/python scripts/messages.py

check: lint types unit ## 规范、类型、单元测试

lint: dev
	$(V)/ruff check .
	$(V)/lint-imports

types: dev
	$(V)/mypy src/tenglong

unit: dev
	@scripts/tests.sh $(PYTEST) -n 2 --dist worksteal src tests/contract -m "$(UNIT)"

test: dev ## 在 SQLite 上跑全部测试（浏览器与离线包除外）
	@scripts/tests.sh $(PYTEST) -n 2 --dist worksteal -m "not browser and not bundle and not spark"

test-reverse: dev ## 倒序再跑一遍不碰数据库的测试：测试之间不得相互依赖
	@TENGLONG_TEST_ORDER=reverse TENGLONG_TEST_EXAMPLES=few scripts/tests.sh $(PYTEST) -n 2 --dist worksteal -m "$(UNIT) and not database"

test-postgres: dev ## 在临时的 PostgreSQL 上跑标记为 database 的测试（默认倒序）
	@TENGLONG_TEST_ORDER=$${TENGLONG_POSTGRES_ORDER:-reverse} TENGLONG_TEST_EXAMPLES=few scripts/with_postgres.sh scripts/tests.sh $(PYTEST) -n 2 --dist worksteal -m "database and not slow and not browser"

test-spark: dev ## 在本机的 Spark 上跑标记为 spark 的测试（缺 pyspark 或 Java 时说明原因并跳过）
	@$(V)/python -c "import pyspark" 2>/dev/null || $(V)/python -m pip install --quiet --disable-pip-version-check -e ".[spark]" || true
	@scripts/tests.sh $(PYTEST) tests/contract/test_engine_spark.py -m spark -rs

test-browser: dev assets ## 用系统的 Chromium 走一遍主流程
	@scripts/tests.sh $(PYTEST) -n 2 --dist loadfile -m browser

bundle: dev assets locale ## 做离线安装包 dist/tenglong-*.tar.gz
	scripts/bundle.sh

test-bundle: dev assets locale ## 断网安装离线包
	@scripts/tests.sh $(PYTEST) -m bundle

system-deps: ## 用 apt 安装 PostgreSQL/PostGIS、Chromium、中文字体（需要 root）
	scripts/system_deps.sh

clean: ## 删除构建产物（不动 var/ 与 .venv/）
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
