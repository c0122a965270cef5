// The JSON Schema of files of tests, for editors and other tools.

/// The schema that `callback-server rules schema tests` prints.
///
/// It describes the shape that `RulesTestReader` reads; `rules test` also knows what the names in it refer to.
package enum RulesTestSchema {
    /// JSON Schema 2020-12.
    package static let json = #"""
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "https://countersign.invalid/schemas/tests.schema.json",
          "title": "Countersign tests of a rules file",
          "description": "Requests, a past, and what the rules must say. `callback-server rules test` runs them.",
          "type": "object",
          "additionalProperties": false,
          "required": ["tests_version", "tests"],
          "properties": {
            "tests_version": { "description": "Version of this format.", "const": 1 },
            "defaults": {
              "description": "What a test need not repeat.",
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "at": { "$ref": "#/$defs/instant" },
                "cosigner": { "$ref": "#/$defs/cosigner" },
                "listener": { "$ref": "#/$defs/listener" }
              }
            },
            "samples": {
              "description": "Payloads by name, in place or as { file: NAME }.",
              "type": "object",
              "additionalProperties": {
                "type": "object",
                "if": { "required": ["file"], "maxProperties": 1 },
                "then": {
                  "properties": { "file": { "description": "A file with one JSON object, beside the file of tests.", "$ref": "#/$defs/text" } }
                }
              }
            },
            "tests": { "description": "The tests.", "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/test" } }
          },
          "if": { "required": ["defaults"], "properties": { "defaults": { "required": ["at"] } } },
          "else": { "properties": { "tests": { "items": { "required": ["at"] } } } },
          "$defs": {
            "text": { "type": "string", "minLength": 1, "maxLength": 4096 },
            "instant": { "description": "The instant of arrival, RFC 3339 in whole seconds, quoted. Needed here or in defaults.", "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$", "examples": ["2026-11-23T09:30:00Z"] },
            "cosigner": { "description": "Name of the co-signer that asks. Absent: nobody is authenticated, as on a certificate-mode listener.", "$ref": "#/$defs/text" },
            "listener": { "description": "Configured address of the listener; 127.0.0.1:8443 where absent.", "$ref": "#/$defs/text" },
            "decimal": { "description": "A plain decimal, always quoted.", "type": "string", "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]+)?$", "maxLength": 79 },
            "texts": { "anyOf": [ { "$ref": "#/$defs/text" }, { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/text" } } ] },
            "test": {
              "type": "object",
              "additionalProperties": false,
              "required": ["name", "request", "expect"],
              "properties": {
                "name": { "description": "What the test shows.", "$ref": "#/$defs/text" },
                "kind": { "description": "The endpoint; transaction where absent.", "enum": ["transaction", "configuration"] },
                "at": { "$ref": "#/$defs/instant" },
                "cosigner": { "$ref": "#/$defs/cosigner" },
                "listener": { "$ref": "#/$defs/listener" },
                "request": { "description": "The name of a sample, or a payload in place.", "anyOf": [ { "$ref": "#/$defs/text" }, { "type": "object" } ] },
                "change": { "description": "Members that are set, by path like destinations[0].amountUSD; null removes one.", "type": "object" },
                "charged": { "description": "What limits have counted before the request.", "type": "array", "items": { "$ref": "#/$defs/charge" } },
                "holds": { "description": "What people have said about the request.", "type": "array", "items": { "$ref": "#/$defs/hold" } },
                "expect": {
                  "description": "What the rules must say.",
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["effect"],
                  "properties": {
                    "effect": { "description": "The effect of the whole file.", "enum": ["approve", "ignore", "hold", "retry", "reject"] },
                    "rule": { "description": "The deciding rule, or none.", "$ref": "#/$defs/text" },
                    "reason": { "description": "A part of the reason.", "$ref": "#/$defs/text" }
                  }
                }
              }
            },
            "charge": {
              "type": "object",
              "additionalProperties": false,
              "required": ["rule", "limit", "amount"],
              "properties": {
                "rule": { "description": "The rule with the limit.", "$ref": "#/$defs/text" },
                "limit": { "description": "The limit's id.", "$ref": "#/$defs/text" },
                "for": { "description": "One value for each condition of the limit's for_each, in its order.", "$ref": "#/$defs/texts" },
                "amount": { "description": "What was counted in the limit's period, in its measure.", "$ref": "#/$defs/decimal" }
              }
            },
            "hold": {
              "type": "object",
              "additionalProperties": false,
              "required": ["rule"],
              "properties": {
                "rule": { "description": "The rule that holds, or whose limit does.", "$ref": "#/$defs/text" },
                "limit": { "description": "The limit that holds; absent where the rule itself does.", "$ref": "#/$defs/text" },
                "since": { "description": "When the request was first held.", "$ref": "#/$defs/instant" },
                "approved_by": { "description": "Who has approved it, by the names under the group's keys.", "$ref": "#/$defs/texts" },
                "refused_by": { "description": "Who has refused it.", "$ref": "#/$defs/texts" }
              }
            }
          }
        }

        """#
}
