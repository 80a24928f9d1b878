#!/usr/bin/env bash
# System packages for the full gates. Called by hand or by .ci/run, never by anything else.
set -euo pipefail
packages=(postgresql postgresql-15-postgis-3 chromium fonts-noto-cjk gettext openjdk-17-jre-headless)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "系统软件齐全：${packages[*]}"
  exit 0
fi
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "需要 root 来安装：${missing[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
echo "将安装：${missing[*]}"
"${sudo[@]}" apt-get update -q
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
