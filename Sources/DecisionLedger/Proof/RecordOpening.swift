// Shows a value that a record only commits to.

import CallbackProtocol
import SystemCrypto

/// A committed value with its salt, for the one who is to be convinced. It opens this value and no other of the record.
package struct RecordOpening: Sendable {
    /// As in the record's `commitments`.
    package let path: String
    /// 32 bytes: `RecordSalt.salt(for:)`, not the salt of the record.
    package let salt: [UInt8]
    /// Compact JSON text.
    package let value: String

    package init(path: String, value: String, salt: RecordSalt) {
        (self.path, self.value, self.salt) = (path, value, salt.salt(for: path))
    }

    /// Reads what `json` writes.
    ///
    /// - Throws: `record_malformed`.
    package init(json bytes: [UInt8]) throws(LedgerError) {
        let object = try CanonicalRecord.parsed(bytes)
        guard object.members.count == 3, let path = object["path"]?.string, let value = object["value"]?.string,
            let salt = object["salt"]?.string.flatMap({ Hexadecimal.decode($0) }), salt.count == 32
        else {
            throw LedgerError(
                .recordMalformed, "an opening has the members path, salt (64 hexadecimal digits) and value, all text")
        }
        (self.path, self.value, self.salt) = (path, value, salt)
    }

    /// `{"path":...,"salt":...,"value":...}`, the value being JSON text in a string.
    package var json: String {
        var json = CanonicalJSON()
        json.open(0x7b)
        json.member("path", path)
        json.member("salt", Hexadecimal.encode(salt))
        json.member("value", value)
        json.close(0x7d)
        return json.text
    }

    func opens(_ commitment: String) -> Bool {
        RecordCommitment.check(commitment, salt: salt, pointer: path, value: Array(value.utf8))
    }
}
