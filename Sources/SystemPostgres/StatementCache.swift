// Which statements this connection has prepared.

/// The names of prepared statements by text and types of arguments. It belongs to one connection and dies with it.
struct StatementCache {
    /// A statement that the server knows.
    private struct Prepared {
        let name: String
        let types: [UInt32]

        /// A null fits a parameter of any type; every other value only its own.
        func accepts(_ arguments: [UInt32]) -> Bool {
            types.elementsEqual(arguments) { $0 == $1 || $1 == 0 }
        }
    }

    /// Texts come from this program, so there are few; beyond this number the oldest are forgotten with all the others.
    static let capacity = 500

    private var texts: [String: StatementText] = [:]
    private var prepared: [String: [Prepared]] = [:]
    private var serial = 0

    /// How many statements are prepared.
    var count: Int { prepared.values.reduce(0) { $0 + $1.count } }

    /// The translation of a statement, made once per text.
    mutating func text(_ source: String) throws(PostgresError) -> StatementText {
        if let known = texts[source] { return known }
        if texts.count >= Self.capacity { texts.removeAll() }
        let text = try StatementText(source)
        texts[source] = text
        return text
    }

    func name(_ source: String, _ types: [UInt32]) -> String? {
        prepared[source]?.first { $0.accepts(types) }?.name
    }

    /// A name that was never used on this connection.
    mutating func newName() -> String {
        serial += 1
        return "cs\(serial)"
    }

    mutating func insert(_ name: String, _ source: String, _ types: [UInt32]) {
        prepared[source, default: []].append(Prepared(name: name, types: types))
    }

    /// Forgets all names: what is executed next is prepared again.
    mutating func forgetPrepared() { prepared.removeAll() }
}
