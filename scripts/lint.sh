#!/usr/bin/env bash
# House rules that the formatter does not know. Each finding names the file and line; exit 1 when there is one.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0

# complain TITLE FINDINGS
complain() {
    [ -n "$2" ] || return 0
    failed=1
    printf '%s\n%s\n\n' "$1" "$2"
}

# search PATTERN PATHSPEC...: matches outside comment lines
search() {
    local pattern=$1
    shift
    git grep --untracked -nE "$pattern" -- "$@" | grep -vE '^[^:]+:[0-9]+:\s*//' || true
}

complain "Crashes instead of errors, or unfinished work:" \
    "$(search '\b(TODO|FIXME|XXX)\b|fatalError\(|preconditionFailure\(|\btry!|\bas!' 'Sources/*.swift')"
complain "Binary floating point near money:" \
    "$(search '\b(Double|Float)\b.*([Aa]mount|[Uu]sd|[Ff]ee)|([Aa]mount|[Uu]sd|[Ff]ee)\w*\s*:\s*(Double|Float)\b' \
        'Sources/*.swift')"
complain "Unchecked concurrency outside the modules that wrap C:" \
    "$(search '@unchecked Sendable|nonisolated\(unsafe\)' 'Sources/*.swift' \
        ':!Sources/SystemCrypto' ':!Sources/HTTPSTransport' ':!Sources/SystemPostgres' ':!Sources/SystemSQLite')"
complain "Tests that wait instead of observing:" "$(search 'Task\.sleep|usleep\(|[^a-z.]sleep\(' 'Tests/*.swift')"
complain "Pointers above the modules that wrap C:" \
    "$(search 'Unsafe(Mutable)?(Raw)?(Buffer)?Pointer|OpaquePointer' 'Sources/*.swift' ':!Sources/SystemCrypto' \
        ':!Sources/HTTPSTransport' ':!Sources/SystemPostgres' ':!Sources/SystemSQLite')"
complain "Paths of one machine:" "$(git grep --untracked -nE '(/root/|/work/|/tmp/dev)' -- . ':!scripts/lint.sh' || true)"
complain "Files above 500 lines:" \
    "$(git ls-files --cached --others --exclude-standard 'Sources/*.swift' | xargs -r wc -l | awk '$2 != "total" && $1 > 500')"
complain "Executables that are not: " \
    "$(for file in scripts/*.sh .ci/run; do [ -x "$file" ] || echo "$file"; done)"

# The module arrows of docs/architecture.md: MODULE:IMPORTS THAT IT MUST NOT HAVE
arrows=(
    'SystemSQLite:SystemPostgres|CPostgreSQL|CallbackProtocol|CallbackRules|DecisionLedger|HTTPSTransport|CosignerCallbackClient|SystemCrypto|NIO|COpenSSL'
    'SystemPostgres:SystemSQLite|GRDB|CallbackProtocol|CallbackRules|DecisionLedger|HTTPSTransport|CosignerCallbackClient|SystemCrypto|NIO|COpenSSL'
    'SystemCrypto:SystemSQLite|GRDB|SystemPostgres|CPostgreSQL|CallbackProtocol|CallbackRules|DecisionLedger|HTTPSTransport|CosignerCallbackClient|NIO'
    'HTTPSTransport:SystemSQLite|GRDB|SystemPostgres|CPostgreSQL|CallbackProtocol|CallbackRules|DecisionLedger|CosignerCallbackClient'
    'CallbackProtocol:SystemSQLite|GRDB|SystemPostgres|CPostgreSQL|HTTPSTransport|CallbackRules|DecisionLedger|CosignerCallbackClient|NIO|COpenSSL'
    'CallbackRules:SystemSQLite|GRDB|SystemPostgres|CPostgreSQL|HTTPSTransport|DecisionLedger|CosignerCallbackClient|NIO|COpenSSL'
    'DecisionLedger:GRDBSQLite|CPostgreSQL|HTTPSTransport|CosignerCallbackClient|NIO|COpenSSL'
    'CosignerCallbackClient:SystemSQLite|GRDB|SystemPostgres|CPostgreSQL|CallbackRules|DecisionLedger|COpenSSL'
    'Cosigner:SystemSQLite|GRDB|SystemPostgres|CPostgreSQL|CallbackRules|DecisionLedger|COpenSSL'
    'CallbackServer:SystemSQLite|GRDB|CPostgreSQL|CosignerCallbackClient|COpenSSL'
)
for arrow in "${arrows[@]}"; do
    complain "Module arrow broken (${arrow%%:*}):" \
        "$(search "^\s*(@testable )?(public |package |internal |private |fileprivate )?import (${arrow#*:})" \
            "Sources/${arrow%%:*}/*.swift")"
done
exit "$failed"
