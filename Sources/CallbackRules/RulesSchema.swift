// The JSON Schema of rules files, for editors and other tools.

/// The schema that `callback-server rules schema` prints.
///
/// It describes the shape of a file as accepted today; `rules check` also knows what the names in it refer to.
package enum RulesSchema {
    /// JSON Schema 2020-12.
    package static let json = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "https://countersign.invalid/schemas/rules.schema.json",
          "title": "Countersign rules file",
          "description": "Rules by which a callback server answers an API co-signer. The most restrictive effect wins; nothing matched is a rejection.",
          "type": "object",
          "additionalProperties": false,
          "required": ["rules_version", "name"],
          "properties": {
            "rules_version": { "description": "Version of the language.", "const": 1 },
            "name": { "description": "Name of this set of rules, for logs and records.", "type": "string", "minLength": 1, "maxLength": 64, "examples": ["exchange-hot-wallet"] },
            "time_zone": { "$ref": "#/$defs/zone" },
            "assets": {
              "description": "What raw transactions must say for an asset.",
              "type": "object",
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "required": ["decimals"],
                "dependentRequired": { "contract": ["chain_id"] },
                "properties": {
                  "chain_id": { "description": "EIP-155 chain id; absent for Bitcoin and chains that sign like it.", "type": "integer", "minimum": 1 },
                  "contract": { "description": "The token's contract; absent for the chain's native asset.", "$ref": "#/$defs/address" },
                  "decimals": { "description": "Decimals of the asset's unit.", "type": "integer", "minimum": 0, "maximum": 77 }
                }
              }
            },
            "lists": {
              "description": "Named sets of addresses or ids, for the matchers in and not_in.",
              "type": "object",
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "minProperties": 1,
                "maxProperties": 1,
                "properties": {
                  "addresses": { "description": "Addresses, quoted.", "type": "array", "items": { "$ref": "#/$defs/address" } },
                  "addresses_file": { "description": "A file with one address per line, beside the rules file; # begins a comment.", "type": "string", "minLength": 1 },
                  "ids": { "description": "Ids or words, quoted where they look like numbers.", "type": "array", "items": { "$ref": "#/$defs/text" } }
                }
              }
            },
            "windows": {
              "description": "Named wall-clock windows.",
              "type": "object",
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "required": ["from", "to"],
                "properties": {
                  "days": { "description": "Days on which the window opens; every day where absent.", "type": "array", "minItems": 1, "items": { "enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] } },
                  "from": { "description": "First minute in the window.", "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" },
                  "to": { "description": "First minute after the window; before `from` where it crosses midnight.", "type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" },
                  "except": { "description": "Days on which the window does not open.", "type": "array", "items": { "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" } },
                  "time_zone": { "$ref": "#/$defs/zone" }
                }
              }
            },
            "approvers": {
              "description": "Groups of people who can let a held request go on.",
              "type": "object",
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "required": ["required", "keys"],
                "properties": {
                  "required": { "description": "How many of them must sign.", "type": "integer", "minimum": 1, "maximum": 100 },
                  "keys": {
                    "description": "OpenSSH public keys by person; sk- keys are FIDO2 tokens.",
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": { "$ref": "#/$defs/name" },
                    "additionalProperties": { "type": "string", "pattern": "^(ssh-ed25519|ecdsa-sha2-nistp256|sk-ssh-ed25519@openssh\\.com|sk-ecdsa-sha2-nistp256@openssh\\.com) [A-Za-z0-9+/]+=*( .*)?$" }
                  }
                }
              }
            },
            "keys": {
              "description": "Public keys that sign an extra parameter of requests, for extra_signature.",
              "type": "object",
              "propertyNames": { "$ref": "#/$defs/name" },
              "additionalProperties": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                  "public_key": { "description": "A PEM block BEGIN PUBLIC KEY, RSA or Ed25519.", "$ref": "#/$defs/text" },
                  "public_key_file": { "description": "A file with such a block, beside the rules file.", "$ref": "#/$defs/text" },
                  "parameter": { "description": "The extra parameter that is signed; `message` where absent.", "$ref": "#/$defs/text" },
                  "signature_parameter": { "description": "The extra parameter with the signature in base64; `extraSignature` where absent.", "$ref": "#/$defs/text" }
                },
                "oneOf": [ { "required": ["public_key"] }, { "required": ["public_key_file"] } ]
              }
            },
            "transactions": { "description": "Rules about transactions.", "type": "array", "items": { "$ref": "#/$defs/transactionRule" } },
            "configuration_changes": { "description": "Rules about changes of the workspace's configuration.", "type": "array", "items": { "$ref": "#/$defs/configurationRule" } }
          },
          "$defs": {
            "name": { "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" },
            "text": { "type": "string", "minLength": 1, "maxLength": 4096 },
            "address": { "type": "string", "pattern": "^[^\\s\\u0000-\\u0020\\u007f]{1,256}$" },
            "zone": { "description": "IANA time zone.", "type": "string", "pattern": "^(UTC|[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)+)$", "examples": ["Europe/Zurich"] },
            "decimal": { "description": "A plain decimal, always quoted.", "type": "string", "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]+)?$", "maxLength": 79 },
            "effect": { "description": "What the rule does where it matches.", "enum": ["approve", "ignore", "hold", "reject"] },
            "duration": { "description": "A whole number and s, m, h or d; at most 400d.", "type": "string", "pattern": "^[1-9][0-9]{0,5}[smhd]$", "examples": ["45m", "24h"] },
            "limits": {
              "description": "Counters over rolling periods; all limits of all rules that match must fit.",
              "type": "array",
              "minItems": 1,
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["id", "per"],
                "properties": {
                  "id": { "description": "Name of the limit, unique in its rule.", "$ref": "#/$defs/name" },
                  "count": { "description": "Requests; destinations where kept for each destination.", "type": "integer", "minimum": 0 },
                  "amount_usd": { "$ref": "#/$defs/decimal" },
                  "amount": { "description": "In the asset's unit; needs one asset, or for_each: [asset].", "$ref": "#/$defs/decimal" },
                  "per": { "$ref": "#/$defs/duration" },
                  "for_each": { "description": "Conditions whose values have a counter each.", "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 } },
                  "when_exceeded": { "description": "What the answer then is; reject where absent.", "enum": ["reject", "retry", "hold"] },
                  "approvers": { "description": "Who can allow what exceeds the limit (when_exceeded: hold).", "$ref": "#/$defs/name" },
                  "expires_after": { "$ref": "#/$defs/duration" }
                },
                "oneOf": [ { "required": ["count"] }, { "required": ["amount_usd"] }, { "required": ["amount"] } ],
                "if": { "properties": { "when_exceeded": { "const": "hold" } }, "required": ["when_exceeded"] },
                "then": { "required": ["approvers", "expires_after"] },
                "else": { "not": { "anyOf": [ { "required": ["approvers"] }, { "required": ["expires_after"] } ] } }
              }
            },
            "holdOnly": {
              "if": { "properties": { "effect": { "const": "hold" } } },
              "then": { "required": ["approvers", "expires_after"] },
              "else": { "not": { "anyOf": [ { "required": ["approvers"] }, { "required": ["expires_after"] } ] } }
            },
            "limitsOnly": {
              "if": { "properties": { "effect": { "enum": ["reject", "ignore"] } } },
              "then": { "not": { "required": ["limits"] } }
            },
            "reason": { "description": "Why, in the rejection reason and the record.", "type": "string", "minLength": 1, "maxLength": 500 },
            "textMatcher": {
              "anyOf": [
                { "$ref": "#/$defs/text" },
                { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/text" } },
                { "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "properties": { "in": { "description": "The value is in this list.", "$ref": "#/$defs/name" }, "not_in": { "description": "The value is known and not in this list.", "$ref": "#/$defs/name" }, "prefix": { "description": "The value begins with this text.", "$ref": "#/$defs/text" } } }
              ]
            },
            "wordMatcher": {
              "anyOf": [
                { "$ref": "#/$defs/text" },
                { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/text" } },
                { "$ref": "#/$defs/listMatcher" }
              ]
            },
            "addressMatcher": {
              "anyOf": [
                { "$ref": "#/$defs/address" },
                { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/address" } },
                { "$ref": "#/$defs/listMatcher" }
              ]
            },
            "listMatcher": {
              "type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1,
              "properties": { "in": { "description": "The value is in this list.", "$ref": "#/$defs/name" }, "not_in": { "description": "The value is known and not in this list.", "$ref": "#/$defs/name" } }
            },
            "stageMatcher": {
              "anyOf": [
                { "enum": ["signing", "approval"] },
                { "type": "array", "minItems": 1, "items": { "enum": ["signing", "approval"] } },
                { "$ref": "#/$defs/listMatcher" }
              ]
            },
            "amountMatcher": {
              "type": "object", "additionalProperties": false, "minProperties": 1,
              "properties": { "at_least": { "$ref": "#/$defs/decimal" }, "more_than": { "$ref": "#/$defs/decimal" }, "at_most": { "$ref": "#/$defs/decimal" }, "less_than": { "$ref": "#/$defs/decimal" } },
              "not": { "anyOf": [ { "required": ["at_least", "more_than"] }, { "required": ["at_most", "less_than"] } ] }
            },
            "time": {
              "description": "The server's clock when the request arrived.",
              "type": "object", "additionalProperties": false, "minProperties": 1,
              "properties": {
                "within": { "description": "Any of these windows is open.", "anyOf": [ { "$ref": "#/$defs/name" }, { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/name" } } ] },
                "outside": { "description": "This window is closed.", "$ref": "#/$defs/name" }
              }
            },
            "transactionConditions": {
              "type": "object", "additionalProperties": false, "minProperties": 1,
              "properties": {
                "cosigner": { "description": "Name of the authenticated co-signer.", "$ref": "#/$defs/textMatcher" },
                "listener": { "description": "Configured address of the listener.", "$ref": "#/$defs/textMatcher" },
                "signer": { "description": "API user that signs or approves (signerId).", "$ref": "#/$defs/textMatcher" },
                "stage": { "description": "signing or approval.", "$ref": "#/$defs/stageMatcher" },
                "operation": { "description": "TRANSFER, CONTRACT_CALL, RAW, ...", "$ref": "#/$defs/wordMatcher" },
                "external_id": { "description": "The customer's own id (externalTxId).", "$ref": "#/$defs/textMatcher" },
                "note": { "description": "The customer's note; nobody vouches for it.", "$ref": "#/$defs/textMatcher" },
                "asset": { "description": "Asset id.", "$ref": "#/$defs/textMatcher" },
                "amount": { "description": "Amount in the asset's unit; needs one asset.", "$ref": "#/$defs/amountMatcher" },
                "amount_usd": { "description": "Sum over all destinations in US dollars.", "$ref": "#/$defs/amountMatcher" },
                "fee": { "description": "Estimated fee in the chain's native unit; stated at the signing stage only.", "$ref": "#/$defs/amountMatcher" },
                "time": { "$ref": "#/$defs/time" },
                "contract": {
                  "description": "What a contract call does, from its call data.",
                  "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": {
                    "method": { "description": "4-byte selectors like \"0xa9059cbb\", or signatures like \"transfer(address,uint256)\".", "$ref": "#/$defs/wordMatcher" },
                    "address": { "description": "The contract that is called.", "$ref": "#/$defs/addressMatcher" }
                  }
                },
                "message": {
                  "description": "What a message that gets signed is.",
                  "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": { "kind": { "description": "Type of every message: EIP712, ETH_MESSAGE, ...; RAW for raw signing.", "$ref": "#/$defs/wordMatcher" }, "algorithm": { "description": "Signature algorithm of the message.", "$ref": "#/$defs/wordMatcher" } }
                },
                "extra_signature": {
                  "description": "An extra parameter is signed by one of these keys.",
                  "type": "object", "additionalProperties": false, "required": ["key"],
                  "properties": { "key": { "description": "Names under keys; any of them.", "anyOf": [ { "$ref": "#/$defs/name" }, { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/name" } } ] } }
                },
                "raw_transaction": {
                  "description": "Whether the bytes that would be signed say what the request says.",
                  "type": "object", "additionalProperties": false, "required": ["agrees"],
                  "properties": { "agrees": { "description": "true: every byte is accounted for.", "type": "boolean" } }
                },
                "source": {
                  "description": "Where the money comes from.",
                  "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": { "type": { "description": "sourceType: VAULT, EXCHANGE, ...", "$ref": "#/$defs/wordMatcher" }, "id": { "description": "sourceId, for example the vault.", "$ref": "#/$defs/textMatcher" } }
                },
                "destination": {
                  "description": "Holds for every destination in approve and ignore rules; any destination stops in reject and hold rules.",
                  "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": {
                    "type": { "description": "dstType: VAULT, UNMANAGED, EXCHANGE, ...", "$ref": "#/$defs/wordMatcher" },
                    "sub_type": { "description": "dstSubType: EXTERNAL, INTERNAL, KRAKEN, ...", "$ref": "#/$defs/wordMatcher" },
                    "id": { "description": "dstId.", "$ref": "#/$defs/textMatcher" },
                    "name": { "description": "dstName.", "$ref": "#/$defs/textMatcher" },
                    "address": { "description": "The destination's own address.", "$ref": "#/$defs/addressMatcher" },
                    "address_type": { "description": "dstAddressType: WHITELISTED or ONE_TIME.", "$ref": "#/$defs/wordMatcher" },
                    "amount": { "description": "This destination's amount in the asset's unit; needs one asset.", "$ref": "#/$defs/amountMatcher" },
                    "amount_usd": { "description": "This destination's amount in US dollars.", "$ref": "#/$defs/amountMatcher" },
                    "policy_action": { "description": "What the workspace's policy said: ALLOW, 2-TIER, BLOCK.", "$ref": "#/$defs/wordMatcher" }
                  }
                }
              }
            },
            "configurationConditions": {
              "type": "object", "additionalProperties": false, "minProperties": 1,
              "properties": {
                "cosigner": { "description": "Name of the authenticated co-signer.", "$ref": "#/$defs/textMatcher" },
                "listener": { "description": "Configured address of the listener.", "$ref": "#/$defs/textMatcher" },
                "signer": { "description": "API user that approves (signerId).", "$ref": "#/$defs/textMatcher" },
                "type": { "description": "Type of change, for example UNMANAGED_WALLET.", "$ref": "#/$defs/wordMatcher" },
                "time": { "$ref": "#/$defs/time" },
                "wallet": {
                  "description": "The wallet that is whitelisted.",
                  "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": { "kind": { "description": "INTERNAL, EXTERNAL or CONTRACT.", "$ref": "#/$defs/wordMatcher" }, "name": { "description": "The wallet's name.", "$ref": "#/$defs/textMatcher" }, "asset": { "description": "Asset id.", "$ref": "#/$defs/textMatcher" }, "address": { "description": "The wallet's address.", "$ref": "#/$defs/addressMatcher" }, "tag": { "description": "Tag or memo of the address.", "$ref": "#/$defs/textMatcher" } }
                },
                "account": {
                  "description": "The exchange or fiat account that is added.",
                  "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": { "kind": { "description": "The exchange: KRAKEN, BITSTAMP, ...", "$ref": "#/$defs/wordMatcher" }, "name": { "description": "The account's name.", "$ref": "#/$defs/textMatcher" } }
                },
                "connection": {
                  "description": "The network connection that is changed.",
                  "type": "object", "additionalProperties": false, "minProperties": 1,
                  "properties": { "id": { "description": "The connection's id.", "$ref": "#/$defs/textMatcher" } }
                }
              }
            },
            "transactionRule": {
              "type": "object", "additionalProperties": false, "required": ["id", "effect", "when"],
              "properties": {
                "id": { "description": "Unique in the file; stands in log and ledger.", "$ref": "#/$defs/name" },
                "effect": { "$ref": "#/$defs/effect" },
                "reason": { "$ref": "#/$defs/reason" },
                "when": { "description": "All of these conditions, or `always`.", "anyOf": [ { "const": "always" }, { "$ref": "#/$defs/transactionConditions" } ] },
                "unless": { "description": "Not where all of these conditions hold.", "$ref": "#/$defs/transactionConditions" },
                "approvers": { "description": "Who can let it go on (hold).", "$ref": "#/$defs/name" },
                "expires_after": { "$ref": "#/$defs/duration" },
                "limits": { "$ref": "#/$defs/limits" }
              },
              "allOf": [ { "$ref": "#/$defs/holdOnly" }, { "$ref": "#/$defs/limitsOnly" } ]
            },
            "configurationRule": {
              "type": "object", "additionalProperties": false, "required": ["id", "effect", "when"],
              "properties": {
                "id": { "description": "Unique in the file; stands in log and ledger.", "$ref": "#/$defs/name" },
                "effect": { "$ref": "#/$defs/effect" },
                "reason": { "$ref": "#/$defs/reason" },
                "when": { "description": "All of these conditions, or `always`.", "anyOf": [ { "const": "always" }, { "$ref": "#/$defs/configurationConditions" } ] },
                "unless": { "description": "Not where all of these conditions hold.", "$ref": "#/$defs/configurationConditions" },
                "approvers": { "description": "Who can let it go on (hold).", "$ref": "#/$defs/name" },
                "expires_after": { "$ref": "#/$defs/duration" },
                "limits": { "$ref": "#/$defs/limits" }
              },
              "allOf": [ { "$ref": "#/$defs/holdOnly" }, { "$ref": "#/$defs/limitsOnly" } ]
            }
          }
        }

        """#
}
