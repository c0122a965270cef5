// Arguments of one statement in the binary format of the protocol, laid out for libpq.

/// The bytes of all arguments in one block, with where each begins.
struct ParameterBuffer {
    /// int8, text or bytea; 0 for null, whose type the server infers.
    let types: [UInt32]
    private let offsets: [Int?]
    private let lengths: [Int32]
    private let storage: [UInt8]

    /// - Throws: `unstorable` for text with NUL, a value of 1 GiB or more, or more than 65535 arguments.
    init(_ arguments: [PostgresValue]) throws(PostgresError) {
        guard arguments.count <= 65_535 else {
            throw PostgresError(.unstorable, "A statement takes at most 65535 arguments, not \(arguments.count)")
        }
        var storage: [UInt8] = []
        var (types, offsets, lengths): ([UInt32], [Int?], [Int32]) = ([], [], [])
        for (position, argument) in arguments.enumerated() {
            let start = storage.count
            switch argument {
            case .null: types.append(0)
            case .integer(let number):
                types.append(ColumnType.int8.rawValue)
                withUnsafeBytes(of: number.bigEndian) { storage.append(contentsOf: $0) }
            case .text(let text):
                types.append(ColumnType.text.rawValue)
                storage.append(contentsOf: text.utf8)
                guard !storage[start...].contains(0) else {
                    throw PostgresError(
                        .unstorable, "Argument \(position + 1) is text with NUL, which PostgreSQL cannot store")
                }
            case .blob(let bytes):
                types.append(ColumnType.bytea.rawValue)
                storage.append(contentsOf: bytes)
            }
            let count = storage.count - start
            guard count < 1 << 30 else {
                throw PostgresError(
                    .unstorable, "Argument \(position + 1) has \(count) bytes; PostgreSQL stores less than 1 GiB")
            }
            offsets.append(argument == .null ? nil : start)
            lengths.append(Int32(count))
        }
        // The block is never empty, so that an empty value has an address too (libpq takes no address for NULL).
        storage.append(0)
        (self.types, self.offsets, self.lengths, self.storage) = (types, offsets, lengths, storage)
    }

    var count: Int32 { Int32(types.count) }

    /// Calls `body` with values, lengths and formats as PQsendQueryPrepared takes them; they are valid only inside.
    func withPointers(
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Int32
    ) -> Int32 {
        storage.withUnsafeBytes { block in
            let values = offsets.map { offset in
                offset.flatMap { block.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
            }
            return body(values, lengths, [Int32](repeating: 1, count: types.count))
        }
    }
}
