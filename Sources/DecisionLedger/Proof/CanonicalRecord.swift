// A record as the leaf that it is: canonical JSON.

package import CallbackProtocol

/// A record in its canonical form (RFC 8785): these bytes are what the leaf hash is made of.
///
/// Records hold strings, integers up to 2^53 - 1, booleans, null, arrays and objects; with those, every JSON library that
/// keeps integers writes the same text.
package struct CanonicalRecord: Sendable {
    /// The canonical text.
    package let text: String
    package let object: JSONObject
    /// The record's place in the ledger, from 1; its index in the tree is one less.
    package let sequence: Int

    /// SHA-256(0x00 || text).
    package var leafHash: [UInt8] { MerkleHash.leaf(text.utf8) }

    /// Reads a record that must be canonical already.
    ///
    /// - Throws: `record_malformed`.
    package init(_ bytes: [UInt8]) throws(LedgerError) {
        let object = try Self.parsed(bytes)
        try self.init(object)
        guard text.utf8.elementsEqual(bytes) else {
            throw LedgerError(.recordMalformed, "the record was altered: it is not in canonical form (RFC 8785)")
        }
    }

    /// Puts a record into canonical form.
    ///
    /// - Throws: `record_malformed` for a number that is no integer up to 2^53 - 1, and without a `sequence`.
    package init(_ object: JSONObject) throws(LedgerError) {
        guard Self.hasIntegersOnly(.object(object)) else {
            throw LedgerError(.recordMalformed, "the record holds a number that is no integer up to 2^53 - 1")
        }
        guard case .number(let digits)? = object["sequence"], let sequence = Int(digits), sequence > 0 else {
            throw LedgerError(.recordMalformed, "the record has no sequence, which counts from 1")
        }
        var json = CanonicalJSON(capacity: 1536)
        json.value(.object(object), sorted: true)
        (text, self.object, self.sequence) = (json.text, object, sequence)
    }

    static func parsed(_ bytes: [UInt8]) throws(LedgerError) -> JSONObject {
        let value: JSONValue
        do {
            value = try StrictJSON.parse(bytes)
        } catch {
            throw LedgerError(.recordMalformed, "the record is not strict JSON: \(error.message)")
        }
        guard let object = value.object else {
            throw LedgerError(.recordMalformed, "the record is \(value.kind), not an object")
        }
        return object
    }

    /// Every reader that knows numbers as IEEE 754 doubles keeps these (RFC 8785 section 3.2.2.3).
    private static let safeIntegers = -(1 << 53 - 1)...(1 << 53 - 1)

    private static func hasIntegersOnly(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .string: true
        case .number(let digits): Int(digits).map { safeIntegers.contains($0) && String($0) == digits } ?? false
        case .array(let values): values.allSatisfy(hasIntegersOnly)
        case .object(let object): object.members.allSatisfy { hasIntegersOnly($0.value) }
        }
    }
}

extension CanonicalRecord: Equatable {
    /// By the bytes of the text; `==` of strings takes canonical equivalents for the same.
    package static func == (left: CanonicalRecord, right: CanonicalRecord) -> Bool { isSameText(left.text, right.text) }
}
