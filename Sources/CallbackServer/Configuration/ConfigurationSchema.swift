// The JSON Schema of callback-server.yaml, for editors and other tools.

/// The schema that `callback-server rules schema config` prints.
///
/// It describes what `ConfigurationReader` reads, as far as a file can be judged without its host. A key that the reader
/// learns belongs into the mapping here whose `description` names the same place; ConfigurationSchemaTests asks the
/// reader for its keys and fails until both know the same ones.
enum ConfigurationSchema {
    /// JSON Schema 2020-12.
    static let json = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "https://countersign.invalid/schemas/callback-server.schema.json",
          "title": "Countersign callback-server configuration",
          "description": "callback-server.yaml. Relative paths start at its folder; ${NAME} in a value takes an environment variable. Reference: docs/operations.md.",
          "type": "object",
          "additionalProperties": false,
          "required": ["config_version", "listeners", "response_keys", "rules", "ledger"],
          "properties": {
            "config_version": { "description": "Version of this format.", "const": 1 },
            "deadline": { "description": "Every request is answered by then, with RETRY if need be: 100ms to 25s, 20s where absent.", "$ref": "#/$defs/duration" },
            "listeners": { "description": "Where co-signers are served.", "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/listener" } },
            "limits": { "$ref": "#/$defs/limits" },
            "cosigners": { "description": "Trusted co-signers. Without any, every JWT is refused with 401.", "type": "array", "items": { "$ref": "#/$defs/cosigner" } },
            "response_keys": {
              "description": "Keys that sign answers.",
              "type": "object",
              "additionalProperties": false,
              "required": ["default"],
              "properties": {
                "default": { "description": "RSA-2048 private key, PEM, mode 0600 or 0400.", "$ref": "#/$defs/path" },
                "signers": { "description": "Keys of API users' own: signerId to file.", "type": "object", "additionalProperties": { "$ref": "#/$defs/path" } }
              }
            },
            "rules": {
              "description": "The rules in force.",
              "type": "object",
              "additionalProperties": false,
              "required": ["file"],
              "properties": {
                "file": { "description": "The rules file; its lists and keys are named relative to it.", "$ref": "#/$defs/path" },
                "signatures": {
                  "description": "Who must have signed the rules file and every file that it names.",
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["allowed_signers", "required"],
                  "properties": {
                    "allowed_signers": { "description": "An allowed-signers file, see ssh-keygen(1).", "$ref": "#/$defs/path" },
                    "required": { "description": "How many different people must have signed.", "anyOf": [ { "type": "integer", "minimum": 1, "maximum": 100 }, { "$ref": "#/$defs/variable" } ] }
                  }
                },
                "shadow": { "description": "Rules on trial: evaluated after each answer has left, never answered.", "$ref": "#/$defs/path" }
              }
            },
            "ledger": {
              "description": "The record of every decision.",
              "type": "object",
              "additionalProperties": false,
              "required": ["signing_key"],
              "oneOf": [ { "required": ["sqlite"] }, { "required": ["postgres"] } ],
              "dependentRequired": { "password_file": ["postgres"] },
              "properties": {
                "sqlite": { "description": "The database file; made when missing. Its folder must exist, on a local disk.", "$ref": "#/$defs/path" },
                "postgres": { "description": "URL of a PostgreSQL database.", "$ref": "#/$defs/text" },
                "password_file": { "description": "A file with the password for postgres, and nothing else.", "$ref": "#/$defs/path" },
                "signing_key": { "description": "Ed25519 private key, PEM, mode 0600 or 0400; signs checkpoints.", "$ref": "#/$defs/path" },
                "origin": { "description": "Name of the log in checkpoints and receipts, like example.com/payouts; made from the key where absent.", "$ref": "#/$defs/text" },
                "mask": { "description": "Members of payloads that are stored as salted commitments only.", "type": "array", "items": { "allOf": [ { "$ref": "#/$defs/text" }, { "not": { "enum": ["requestId", "signerId", "type"] } } ] } }
              }
            },
            "admin": {
              "description": "Health and readiness. Without TLS on a loopback address only.",
              "type": "object",
              "additionalProperties": false,
              "required": ["address"],
              "properties": {
                "address": { "$ref": "#/$defs/address" },
                "tls": { "$ref": "#/$defs/tls" },
                "holds": { "description": "Whether people can see holds and sign for them here; false where absent.", "anyOf": [ { "type": "boolean" }, { "$ref": "#/$defs/variable" } ] }
              },
              "anyOf": [
                { "required": ["tls"] },
                { "properties": { "address": { "pattern": "^(127\\.[0-9.]+|localhost|\\[::1\\]):|\\$\\{" } } }
              ]
            },
            "control_socket": { "description": "Unix socket of reload, mode 0600; control.sock beside the ledger where absent.", "$ref": "#/$defs/path" },
            "log": {
              "description": "The log on standard output.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "level": { "description": "The least severe lines that are written; info where absent.", "anyOf": [ { "enum": ["trace", "debug", "info", "notice", "warning", "error", "critical"] }, { "$ref": "#/$defs/variable" } ] },
                "format": { "description": "json (where absent) or text.", "anyOf": [ { "enum": ["json", "text"] }, { "$ref": "#/$defs/variable" } ] }
              }
            }
          },
          "$defs": {
            "text": { "type": "string", "minLength": 1 },
            "variable": { "description": "A value with an environment variable in it.", "type": "string", "pattern": "\\$\\{[^}]+\\}" },
            "path": { "type": "string", "minLength": 1 },
            "duration": { "description": "A whole number with ms, s or m.", "type": "string", "pattern": "^0*[1-9][0-9]*(ms|s|m)$|\\$\\{[^}]+\\}", "examples": ["500ms", "20s"] },
            "size": { "description": "A whole number with KiB, MiB or GiB.", "type": "string", "pattern": "^0*[1-9][0-9]*(KiB|MiB|GiB)$|\\$\\{[^}]+\\}", "examples": ["8MiB"] },
            "address": { "description": "HOST:PORT, IPv6 in brackets; port 0 lets the system choose.", "type": "string", "pattern": "^(\\[[0-9A-Fa-f:.]+\\]|[^\\s:/]+):[0-9]{1,5}$|\\$\\{[^}]+\\}", "examples": ["127.0.0.1:8443"] },
            "tls": {
              "description": "The server's own certificate and its key.",
              "type": "object",
              "additionalProperties": false,
              "required": ["certificate", "private_key"],
              "properties": {
                "certificate": { "description": "PEM chain, the server's own certificate first.", "$ref": "#/$defs/path" },
                "private_key": { "description": "Unencrypted PEM, no access for group and others.", "$ref": "#/$defs/path" }
              }
            },
            "listener": {
              "description": "One address with its mode.",
              "type": "object",
              "additionalProperties": false,
              "required": ["address", "mode", "tls"],
              "properties": {
                "address": { "$ref": "#/$defs/address" },
                "mode": { "description": "public-key: JWT below /v2. certificate: plain JSON; the protocol does not authenticate the peer.", "anyOf": [ { "enum": ["public-key", "certificate"] }, { "$ref": "#/$defs/variable" } ] },
                "base_path": { "description": "Before /v2/tx_sign_request and its siblings; / where absent.", "type": "string", "pattern": "^(?!.*//)/[!-\"$&->@-~]*$|\\$\\{[^}]+\\}" },
                "allow_from": { "description": "Networks that may connect, in CIDR notation; everybody where absent. Required in certificate mode.", "type": "array", "minItems": 1, "items": { "type": "string", "pattern": "^[0-9A-Fa-f:.]+(/(0|[1-9][0-9]{0,2}))?$|\\$\\{[^}]+\\}" } },
                "tls": { "$ref": "#/$defs/tls" }
              },
              "if": { "required": ["mode"], "properties": { "mode": { "const": "certificate" } } },
              "then": { "required": ["allow_from"] }
            },
            "limits": {
              "description": "Bounds on what peers can cost.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "body": { "description": "Longest request body; 8MiB where absent.", "$ref": "#/$defs/size" },
                "bodies": { "description": "All unfinished bodies together; 64MiB where absent. Not less than body.", "$ref": "#/$defs/size" },
                "handshake_timeout": { "description": "TLS handshake; 5s where absent.", "$ref": "#/$defs/duration" },
                "header_timeout": { "description": "A whole request head; 5s where absent.", "$ref": "#/$defs/duration" },
                "body_timeout": { "description": "A whole request body; 10s where absent.", "$ref": "#/$defs/duration" },
                "idle_timeout": { "description": "A connection without a request; 60s where absent.", "$ref": "#/$defs/duration" },
                "connections": { "description": "All listeners together; 10000 where absent.", "anyOf": [ { "type": "integer", "minimum": 1, "maximum": 1000000 }, { "$ref": "#/$defs/variable" } ] }
              }
            },
            "cosigner": {
              "description": "One trusted co-signer.",
              "type": "object",
              "additionalProperties": false,
              "required": ["name", "public_key"],
              "properties": {
                "name": { "description": "Unique; stands in rules, log and ledger.", "$ref": "#/$defs/text" },
                "public_key": { "description": "PEM of `cosigner print-public-key`, RSA 2048 to 4096 bits.", "$ref": "#/$defs/path" }
              }
            }
          }
        }

        """#
}
