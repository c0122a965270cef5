#!/usr/bin/env bash
# Installs what building and testing Countersign needs on Debian 12, and says nothing when nothing is missing.
# Safe to run again at any time. Needs root (or sudo) only when a package is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    pkg-config libssl-dev libnghttp2-dev libpq-dev libjwt-dev libsqlite3-dev # build; libjwt for tests only
    openssl curl nghttp2-client openssh-client sqlite3             # interop tests and the demo
    postgresql util-linux                                          # private servers of the tests, run by setpriv
    wrk python3 python3-venv                                       # benchmark, test scripts
)
modules=(cryptography jsonschema PyYAML syslog-rfc5424-parser pycef)

missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    echo "setup: installing ${missing[*]}"
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "setup: run as root, or install: ${missing[*]}" >&2; exit 1; }
        as_root=(sudo)
    fi
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    # The tests start servers of their own: Debian's package must not leave one running on this machine.
    if [[ " ${missing[*]} " == *" postgresql "* ]]; then
        "${as_root[@]}" apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
        "${as_root[@]}" sed -i 's/^#\?create_main_cluster *=.*/create_main_cluster = false/' \
            /etc/postgresql-common/createcluster.conf
    fi
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# PostgreSQL refuses root: under root, the tests run their servers as the user of Debian's package.
if [ "$(id -u)" -eq 0 ] && ! id postgres >/dev/null 2>&1; then
    echo "setup: making the user postgres for the tests' servers"
    useradd --system --home-dir /var/lib/postgresql --shell /usr/sbin/nologin postgres
fi

# Test scripts run in a virtual environment of this folder, so that nothing outside it changes.
if [ ! -x .python/bin/python3 ]; then
    echo "setup: making .python for the test scripts"
    python3 -m venv --system-site-packages .python
fi
if ! .python/bin/python3 -c 'import cryptography, jsonschema, yaml, syslog_rfc5424_parser, pycef' 2>/dev/null; then
    echo "setup: installing Python modules ${modules[*]}"
    .python/bin/python3 -m pip install --quiet --disable-pip-version-check "${modules[@]}"
fi

if ! command -v swift >/dev/null; then
    echo "setup: Swift 6.2 or newer is missing; install a toolchain from swift.org and put its usr/bin on PATH" >&2
    exit 1
fi
