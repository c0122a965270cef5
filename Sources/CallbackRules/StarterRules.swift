// The rules file that `callback-server init` writes.

/// Rules that approve nothing and show how to begin.
package enum StarterRules {
    /// The text of the file. It loads without a single finding.
    package static let yaml = """
        # Rules of this callback server. Every rule is evaluated and the most restrictive effect wins:
        # reject, else ignore, else approve. Nothing matched: reject. The order of rules never matters.
        #
        # As written, this file approves nothing. Take the examples below as a start, then run
        #     callback-server rules check rules/rules.yaml
        #     callback-server rules explain rules/rules.yaml request.json
        rules_version: 1
        name: starter
        time_zone: Etc/UTC

        # lists:
        #   treasury: { addresses: ["0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"] }
        #   sanctioned: { addresses_file: sanctioned.txt }      # one address per line
        #   payout_vaults: { ids: ["0", "12"] }
        #
        # windows:
        #   business_hours: { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00" }

        # Without `operation`, an approve rule is about TRANSFER only, a reject rule about every operation.
        transactions: []
        #  - id: sanctioned-destination
        #    effect: reject
        #    reason: Destination is on the sanctions list
        #    when:
        #      destination: { address: { in: sanctioned } }
        #
        #  - id: small-payout
        #    effect: approve
        #    when:
        #      asset: [ETH, USDC]
        #      source: { type: VAULT, id: { in: payout_vaults } }
        #      destination: { address_type: WHITELISTED }
        #      amount_usd: { at_most: "1000" }               # amounts are always quoted
        #      time: { within: business_hours }

        # Approve rules for configuration changes must name the `type` of change.
        configuration_changes: []
        #  - id: internal-wallets
        #    effect: approve
        #    when: { type: UNMANAGED_WALLET, wallet: { kind: INTERNAL } }

        """
}
