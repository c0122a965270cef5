#!/usr/bin/env bash
# The whole flow on one machine: a callback server with the shipped rules, and a co-signer that asks it in every security
# option, on the documented payloads of both endpoints. Ends with 0 only if every answer was as expected.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$PWD/.build/release
samples=Tests/CallbackProtocolTests/Resources/samples
work=$(mktemp -d)
server=
failed=0
export COSIGNER_HOME=$work/cosigner

finish() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

title() { printf '\n== %s\n' "$*"; }

# expect ANSWERS FILE: asks, prints the answer, compares it with the expected ones (separated by |)
expect() {
    local answer
    if ! answer=$("$build/cosigner" ask "$samples/$2"); then failed=1; fi
    printf '%s\n' "$answer" | sed 's/^/  /'
    local action=${answer%% *}
    case "|$1|" in
    *"|$action|"*) ;;
    *)
        failed=1
        printf '  ^ expected %s\n' "$1"
        ;;
    esac
}

title "1. A co-signer, and a server that trusts its key (rules: rules/exchange-hot-wallet)"
"$build/cosigner" setup --standalone | sed 's/^/  /'
"$build/cosigner" print-public-key > "$work/cosigner.pem"
"$build/callback-server" init "$work/server" --address 127.0.0.1:0 --certificate-mode-address localhost:0 \
    --admin-address 127.0.0.1:0 --cosigner-key "$work/cosigner.pem" --rules rules/exchange-hot-wallet/rules.yaml >/dev/null
config=$work/server/callback-server.yaml

title "2. callback-server serve"
"$build/callback-server" serve --config "$config" > "$work/summary" 2> "$work/log" &
server=$!
for _ in $(seq 200); do
    grep -q '^  ledger' "$work/summary" && break
    kill -0 "$server" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.05
done
sed "s#$work#DIR#; s/^/  /" "$work/summary"
tokens=$(sed -nE 's#.*(https://[^/ ]+)/v2 .*#\1#p' "$work/summary")
json=$(sed -nE 's#.*(https://[^/ ]+)  mode certificate.*#\1#p' "$work/summary")
health=$(curl -fsS "$(sed -nE 's#^  admin +##p' "$work/summary")")
printf '  readyz       %s\n' "$health"

title "3. The documented transactions, JWT over HTTPS (security option 1 of 5: public-key)"
"$build/cosigner" callback-update --url "$tokens" --auth public-key \
    --public-key "$work/server/keys/callback-public.pem" --extra-ca "$work/server/certs/ca.pem" >/dev/null
expect APPROVE tx_docs_eth_signing.json
expect APPROVE tx_observed_docs_eth_signing.exact.json
expect APPROVE tx_docs_btc_segwit_signing.json
expect REJECT tx_docs_btc_legacy_ota_signing.json
expect IGNORE tx_constructed_approval_only.json
expect REJECT tx_constructed_contract_call_signing.json
expect REJECT tx_constructed_extra_signature_plugin.json
expect REJECT tx_constructed_raw_signing.json
expect REJECT tx_constructed_typed_message.json

title "4. Every documented configuration change"
expect IGNORE config_constructed_unmanaged_wallet.json
expect "APPROVE|REJECT" config_constructed_exchange.json # approved in the treasury's hours only
expect REJECT config_constructed_fiat_account.json
expect REJECT config_constructed_add_network_connection.json
expect REJECT config_constructed_set_network_connection_routing_policy.json
expect REJECT config_constructed_set_network_id_policy.json
expect IGNORE config_constructed_add_user.json
expect IGNORE config_constructed_re_enroll_device.json
expect REJECT config_constructed_enable_one_time_address.json
expect REJECT config_constructed_change_quorum_threshold.json
expect REJECT config_constructed_update_approval_group_mapping.json
expect IGNORE config_constructed_users_group_approval.json
expect REJECT config_constructed_policy_approval.json
expect REJECT config_constructed_policy_change.json

title "5. The other four security options; the JWT ones are repeats and get the recorded answer"
option() {
    "$build/cosigner" callback-update "$@" | sed 's/^/  /'
    expect APPROVE tx_docs_eth_signing.json
    expect IGNORE config_constructed_unmanaged_wallet.json
}
option --url "$json" --auth certificate --certificate "$work/server/certs/server.pem"
option --url "$json" --auth root-ca --root-ca "$work/server/certs/ca.pem"
option --url "$tokens" --auth public-key+certificate --public-key "$work/server/keys/callback-public.pem" \
    --certificate "$work/server/certs/server.pem"
option --url "$tokens" --auth public-key+root-ca --public-key "$work/server/keys/callback-public.pem" \
    --root-ca "$work/server/certs/ca.pem"

title "6. Why, and what is recorded"
"$build/callback-server" rules explain rules/exchange-hot-wallet/rules.yaml \
    "$samples/tx_docs_btc_legacy_ota_signing.json" | sed 's/^/  /'
echo
"$build/callback-server" decisions list --config "$config" | sed 's/^/  /'

title "7. Proof: a receipt that needs neither server nor ledger, and the whole log"
sleep 1.2 # a checkpoint is signed within a second
"$build/callback-server" decisions receipt 1 --config "$config" --output "$work/1.tlog-proof"
"$build/callback-server" decisions verify-receipt "$work/1.tlog-proof" --key "$work/server/keys/ledger-public.pem" |
    sed -n '1,2p' | sed 's/^/  /'
"$build/callback-server" decisions verify --config "$config" | sed 's/^/  /' || failed=1

title "8. Stop"
kill "$server"
if wait "$server"; then echo "  drained and stopped"; else failed=1; fi
server=
if [ "$failed" -eq 0 ]; then
    printf '\nEvery answer was as expected.\n'
else
    printf '\nNot every answer was as expected.\n'
    exit 1
fi
