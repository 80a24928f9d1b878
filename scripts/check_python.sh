#!/usr/bin/env bash
# Python ≥ 3.11 with venv, or a sentence that says how to get it.
set -euo pipefail
python=${1:-python3}
if ! command -v "$python" >/dev/null; then
  echo "找不到 $python。请安装 Python 3.11 或更新版本，或指定：make run PYTHON=/路径/python3.11" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$("$python" --version) 太旧，需要 3.11 或更新版本；可指定：make run PYTHON=/路径/python3.11" >&2
  exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  echo "这个 Python 缺少 venv，请安装（Debian/Ubuntu：apt install python3-venv）" >&2
  exit 1
fi
