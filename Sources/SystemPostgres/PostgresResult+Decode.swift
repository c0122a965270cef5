// Rows out of libpq's result, which holds columns in the server's binary format.

import CPostgreSQL

extension PostgresResult {
    /// Copies everything out of `result`, which the caller clears.
    /// - Throws: `database` for a column type that is not read here, or bytes that are not what the type promises.
    init(_ result: OpaquePointer) throws(PostgresError) {
        let (height, width) = (PQntuples(result), PQnfields(result))
        var rows: [[PostgresValue]] = []
        rows.reserveCapacity(Int(height))
        for row in 0..<height {
            var values: [PostgresValue] = []
            values.reserveCapacity(Int(width))
            for column in 0..<width { values.append(try Self.value(result, row, column)) }
            rows.append(values)
        }
        self.init(rows: rows, affected: Int(String(cString: PQcmdTuples(result))) ?? 0)
    }

    private static func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32) throws(PostgresError)
        -> PostgresValue
    {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let count = Int(PQgetlength(result, row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        let type = ColumnType(rawValue: PQftype(result, column))
        switch type {
        case .bool where count == 1, .int2 where count == 2, .int4 where count == 4, .int8 where count == 8:
            return .integer(signed(bytes))
        case .oid where count == 4: return .integer(signed(bytes) & 0xffff_ffff)
        case .text, .varchar, .bpchar, .name, .char:
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw PostgresError(.database, "PostgreSQL sent text that is not UTF-8 in \(place(result, column))")
            }
            return .text(text)
        case .bytea: return .blob(Array(bytes))
        case .void: return .null
        default:
            throw PostgresError(
                .database,
                "\(place(result, column)) has a type (OID \(PQftype(result, column)), \(count) bytes) that is not read: "
                    + "cast it to bigint, text or bytea in the statement")
        }
    }

    /// Big-endian two's complement of at most eight bytes.
    private static func signed(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        let sign: Int64 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
        return bytes.reduce(sign) { $0 << 8 | Int64($1) }
    }

    private static func place(_ result: OpaquePointer, _ column: Int32) -> String {
        "column \(PQfname(result, column).map { String(cString: $0) } ?? "\(column + 1)")"
    }
}

/// Types by their OID, which pg_type.dat fixes for all versions of the server.
enum ColumnType: UInt32 {
    case bool = 16
    case bytea = 17
    case char = 18
    case name = 19
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case oid = 26
    case bpchar = 1042
    case varchar = 1043
    case void = 2278
}
