// The answers of a run: a line for each, `STATUS BODY`, the status 0 where none came.

/// What came back for one request.
struct Answer {
    /// The HTTP status; 0 where the connection failed, and then `body` says why.
    var status: Int
    var body: [UInt8]

    /// Written in the order of the requests; an absent answer is one that was never received.
    static func write(_ answers: [Answer?], to path: String) throws(LoadError) {
        let file = try OutputFile(path: path)
        var text: [UInt8] = []
        for answer in answers {
            let answer = answer ?? Answer(status: 0, body: Array("no answer".utf8))
            text.append(contentsOf: "\(answer.status) ".utf8)
            text.append(contentsOf: answer.body.map { $0 == 10 || $0 == 13 ? 32 : $0 })
            text.append(10)
            if text.count > 1 << 20 {
                try file.write(text)
                text.removeAll(keepingCapacity: true)
            }
        }
        try file.write(text)
        try file.finish()
    }

    /// `nil` for a line of another form.
    init?(line: [UInt8]) {
        guard let space = line.firstIndex(of: 32),
            let status = Int(String(decoding: line[..<space], as: UTF8.self))
        else { return nil }
        self.status = status
        self.body = Array(line[(space + 1)...])
    }

    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}
