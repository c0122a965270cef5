// One look for a whole batch, where each look costs a journey to the server and back.

/// Which request: all of its identity.
struct RequestKey: Hashable, Sendable {
    let requestId: String
    let requester: Int64

    init(requestId: String, requester: Int64) {
        (self.requestId, self.requester) = (requestId, requester)
    }

    init(_ draft: DecisionDraft) {
        self.init(requestId: draft.requestId, requester: draft.requester)
    }
}

extension LedgerTransaction {
    /// Finds out of which requests the ledger holds nothing. That stays so until this transaction records one of them: it
    /// holds the head, so nobody else writes.
    mutating func look(for drafts: [DecisionDraft]) throws {
        guard session.dialect == .postgres else { return }
        // Ids are printable ASCII: no separator is part of one.
        let ids = Set(drafts.map(\.requestId)).joined(separator: "\n")
        var wanted = Set(drafts.map(RequestKey.init))
        try session.query(Self.lookSQL, [.text(ids)]) { row in
            wanted.remove(RequestKey(requestId: try row.text(0), requester: try row.integer(1)))
        }
        unseen = wanted
    }

    private static let lookSQL = """
        SELECT DISTINCT request_id, requester FROM decisions WHERE request_id = ANY (string_to_array(?, chr(10)))
        """
}
