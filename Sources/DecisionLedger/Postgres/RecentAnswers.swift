// What a transaction has just asked, so that it need not ask the server again.

/// The last few answers of one transaction, until it writes. The transaction holds the head of the log, or sees one moment:
/// the same question has the same answer as long as it changes nothing itself.
struct RecentAnswers {
    private struct Answer {
        let sql: String
        let arguments: [SQLValue]
        let rows: [SQLRow]
    }

    private var answers: [Answer] = []
    private static let (most, mostRows) = (8, 100)

    func find(_ sql: String, _ arguments: [SQLValue]) -> [SQLRow]? {
        answers.last { $0.arguments == arguments && $0.sql == sql }?.rows
    }

    mutating func keep(_ sql: String, _ arguments: [SQLValue], _ rows: [SQLRow]) {
        guard rows.count <= Self.mostRows else { return }
        if answers.count >= Self.most { answers.removeFirst() }
        answers.append(Answer(sql: sql, arguments: arguments, rows: rows))
    }

    mutating func forget() { answers.removeAll(keepingCapacity: true) }
}
