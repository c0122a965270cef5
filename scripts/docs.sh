#!/usr/bin/env bash
# Writes what can be generated: docs/commands.md from the --help texts, docs/schemas (and rules/schemas) from the program.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-.build/release}

# help PROGRAM VERB...: one section
section() {
    printf '## %s\n\n```\n' "$*"
    COLUMNS=100 "$build/$1" "${@:2}" --help
    printf '```\n\n'
}

mkdir -p docs/schemas
for pair in rules:rules tests:tests config:callback-server; do
    "$build/callback-server" rules schema "${pair%%:*}" > "docs/schemas/${pair##*:}.schema.json"
done
cp docs/schemas/rules.schema.json docs/schemas/tests.schema.json rules/schemas/
{
    printf '# Commands\n\nWritten by `make docs` from the programs themselves.\n\n'
    section callback-server
    for verb in init serve "rules check" "rules fmt" "rules test" "rules explain" "rules analyze" "rules diff" \
        "rules replay" "rules sign" "rules verify" "rules schema" "rules codes" "rules reload" \
        "decisions list" "decisions show" "decisions tail" "decisions export" "decisions verify" "decisions receipt" \
        "decisions verify-receipt" "decisions checkpoint" "decisions hash" "decisions snapshot" \
        "holds list" "holds statement" "holds approve" "holds refuse"; do
        # shellcheck disable=SC2086
        section callback-server $verb
    done
    section cosigner
    for verb in setup list-users print-public-key callback-update ask; do
        section cosigner "$verb"
    done
} > docs/commands.md
