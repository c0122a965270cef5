// The text around a signature (PROTOCOL.sshsig section 1): a first line, base64 in lines, a last line.

import CallbackProtocol

enum SignatureArmor {
    /// More than any signature of a key that is accepted here needs.
    static let limit = 16_384

    /// The signature in the file. Lines end in LF or CRLF; those of base64 are of one width, at most 76, but for the last,
    /// which may be shorter. Nothing stands before the first line and nothing but a line end behind the last.
    static func decode(_ file: [UInt8]) throws(SignatureError) -> [UInt8] {
        guard file.count <= limit else {
            throw SignatureError(.unreadableSignature, "The signature file has more than \(limit) bytes")
        }
        var lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        lines = lines.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        guard lines.count >= 3, lines.first?.elementsEqual("-----BEGIN SSH SIGNATURE-----".utf8) == true,
            lines.last?.elementsEqual("-----END SSH SIGNATURE-----".utf8) == true
        else {
            throw SignatureError(
                .unreadableSignature,
                "A signature file begins with -----BEGIN SSH SIGNATURE----- and ends with -----END SSH SIGNATURE-----, as "
                    + "`ssh-keygen -Y sign` writes it")
        }
        let body = lines[1..<(lines.count - 1)]
        let (width, last) = (body.first?.count ?? 0, body.last?.count ?? 0)
        let isEven = last > 0 && last <= width && width <= 76 && body.dropLast().allSatisfy { $0.count == width }
        guard isEven, let bytes = StandardBase64.decode(Array(body.joined())[...]) else {
            throw SignatureError(
                .unreadableSignature, "Between its first and last line, the signature file is not base64 in even lines")
        }
        return bytes
    }
}
