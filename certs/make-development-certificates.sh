#!/usr/bin/env bash
# Makes certificates for development: a P-256 authority and a server certificate of it, or one self-signed certificate.
# Production certificates come from your own authority. Keys made here never belong into a repository.
set -eu

usage() {
    cat <<'USAGE'
Usage: make-development-certificates.sh [OPTION]... DIRECTORY

Writes into DIRECTORY (made if missing; nothing is overwritten):
  ca.pem      the development authority's certificate   (not with --self-signed)
  server.pem  the server's certificate
  server.key  the server's private key, mode 0600
The authority's key is thrown away after its one signature.

Options:
  --san LIST     names of the server, comma separated: host names and IP addresses (default: localhost,127.0.0.1)
  --days N       validity of the server's certificate in days, 1 to 825 (default: 365)
  --self-signed  one certificate that signs itself and is no authority, to try certificate pinning
  --help         print this

Exit codes: 0 done, 1 the work failed, 2 the call was wrong.
USAGE
}

wrong_call() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    printf 'Try: %s --help\n' "${0##*/}" >&2
    exit 2
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

names=localhost,127.0.0.1
days=365
self_signed=no
directory=
while [ $# -gt 0 ]; do
    case $1 in
        --help | -h)
            usage
            exit 0
            ;;
        --san | --days)
            [ $# -ge 2 ] || wrong_call "$1 needs a value"
            if [ "$1" = --san ]; then names=$2; else days=$2; fi
            shift
            ;;
        --self-signed) self_signed=yes ;;
        -*) wrong_call "unknown option $1" ;;
        *)
            [ -z "$directory" ] || wrong_call "one directory only, not also $1"
            directory=$1
            ;;
    esac
    shift
done

[ -n "$directory" ] || wrong_call "name the directory to write into"
[[ $days =~ ^[1-9][0-9]{0,2}$ ]] && [ "$days" -le 825 ] || wrong_call "--days must be a whole number from 1 to 825"
command -v openssl >/dev/null || fail "openssl is missing; install it"

# Names become one line of an OpenSSL extension: only letters, digits and the few signs of names and addresses pass.
alternative_names=
IFS=, read -r -a list <<<"$names"
[ "${#list[@]}" -gt 0 ] || wrong_call "--san needs at least one name"
for name in "${list[@]}"; do
    if [[ $name =~ ^[0-9]{1,3}(\.[0-9]{1,3}){3}$ || $name =~ ^[0-9A-Fa-f:]*:[0-9A-Fa-f:]*$ ]]; then
        kind=IP
    elif [[ $name =~ ^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*$ ]]; then
        kind=DNS
    else
        wrong_call "--san: '$name' is no host name and no IP address"
    fi
    alternative_names=${alternative_names:+$alternative_names,}$kind:$name
done
common_name=${list[0]:0:64}

# A key at the top of a working copy is one `git add` away from being published.
if [ -e "$directory/.git" ] || [ -e "$directory/Package.swift" ]; then
    wrong_call "$directory is the top of a repository; name a directory of its own, outside of it"
fi
for file in ca.pem server.pem server.key; do
    [ ! -e "$directory/$file" ] && [ ! -L "$directory/$file" ] || fail "$directory/$file exists; nothing was written"
done

umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

new_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:named_curve -out "$1" 2>/dev/null
}

# The fields of a server certificate; an authority key identifier only where there is an authority.
cat >"$work/server.cnf" <<CONFIGURATION
[req]
distinguished_name = name
prompt = no
[name]
CN = $common_name
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $alternative_names
subjectKeyIdentifier = hash
CONFIGURATION
cat >"$work/ca.cnf" <<'CONFIGURATION'
[req]
distinguished_name = name
prompt = no
[name]
CN = Countersign development CA
[authority]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
CONFIGURATION

new_key "$work/server.key"
if [ "$self_signed" = yes ]; then
    openssl req -new -x509 -sha256 -days "$days" -key "$work/server.key" \
        -config "$work/server.cnf" -extensions server -out "$work/server.pem"
    made="server.pem server.key"
else
    printf 'authorityKeyIdentifier = keyid\n' >>"$work/server.cnf"
    new_key "$work/ca.key"
    openssl req -new -x509 -sha256 -days 3650 -key "$work/ca.key" \
        -config "$work/ca.cnf" -extensions authority -out "$work/ca.pem"
    openssl req -new -sha256 -key "$work/server.key" -config "$work/server.cnf" -out "$work/server.csr"
    openssl x509 -req -sha256 -days "$days" -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
        -set_serial "0x$(openssl rand -hex 16)" -extfile "$work/server.cnf" -extensions server \
        -out "$work/server.pem" 2>"$work/log" || fail "openssl refused to issue the certificate: $(tail -n 3 "$work/log")"
    openssl verify -CAfile "$work/ca.pem" -purpose sslserver "$work/server.pem" >/dev/null
    made="ca.pem server.pem server.key"
fi

mkdir -p "$directory"
chmod 600 "$work/server.key"
for file in $made; do
    [ "$file" = server.key ] || chmod 644 "$work/$file"
    # Refuses a file that appeared in the meantime.
    (set -o noclobber; cat "$work/$file" >"$directory/$file") || fail "$directory/$file could not be written"
    chmod --reference="$work/$file" "$directory/$file"
done

pin=$(openssl x509 -in "$directory/server.pem" -pubkey -noout | openssl pkey -pubin -outform der |
    openssl dgst -sha256 -binary | openssl base64)
printf 'Made in %s: %s\n' "$directory" "$made"
printf 'Names           %s\n' "$alternative_names"
printf 'Public key pin  sha256//%s\n' "$pin"
printf 'For development only: use certificates of your own authority in production.\n'
