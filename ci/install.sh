#!/usr/bin/env bash
# Installs jetplan from its own source into a new virtual environment: install.sh SOURCE TARGET. Every package has to
# have a hash that ci/requirements.txt knows. Nothing is imported from the current folder, which is a checkout that
# anybody may have written, and no secret of the job is in the environment of what is installed.
set -euo pipefail

source=$(cd -- "$1" && pwd)
mkdir -p -- "$2"
target=$(cd -- "$2" && pwd)
unset JETPLAN_CLIENT_ID JETPLAN_CLIENT_SECRET JETPLAN_LEDGER PGPASSWORD
cd -- "$target"

python3 -I -m venv .
pip=(bin/python -I -m pip install --quiet --disable-pip-version-check --no-input)
"${pip[@]}" --require-hashes --only-binary :all: --requirement "$source/ci/requirements.txt"
"${pip[@]}" --no-index --no-deps --no-build-isolation "$source"
