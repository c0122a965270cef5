// HTTP/1.1 with keep-alive (RFC 9112): one request at a time on a connection.

final class HTTP1Exchange: HTTPExchange {
    var output: [UInt8] = []
    private let head: [UInt8]
    private var input: [UInt8] = []
    private var current: Int?

    init(authority: String, path: String) {
        head = Array(
            ("POST \(path) HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: callback-load\r\n"
                + "Content-Type: text/plain\r\nContent-Length: ").utf8)
    }

    func start(index: Int, body: [UInt8]) {
        current = index
        output.append(contentsOf: head)
        output.append(contentsOf: "\(body.count)\r\n\r\n".utf8)
        output.append(contentsOf: body)
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws(LoadError) -> [(index: Int, answer: Answer)] {
        input.append(contentsOf: bytes)
        guard let headEnd = endOfHead() else { return [] }
        let lines = String(decoding: input[..<headEnd], as: UTF8.self).lowercased().split(separator: "\r\n")
        guard let status = lines.first.flatMap({ Int($0.dropFirst(9).prefix(3)) }),
            let length = lines.first(where: { $0.hasPrefix("content-length:") }),
            let count = Int(length.dropFirst(15).filter { $0 != " " }), count >= 0
        else { throw LoadError(.answer, "An answer without status or Content-Length: \(lines.first ?? "")") }
        let end = headEnd + 4 + count
        guard input.count >= end else { return [] }
        guard input.count == end, let index = current else {
            throw LoadError(.answer, "The server sent more than it was asked for")
        }
        let answer = Answer(status: status, body: Array(input[(headEnd + 4)...]))
        input.removeAll(keepingCapacity: true)
        current = nil
        return [(index, answer)]
    }

    private func endOfHead() -> Int? {
        guard input.count >= 4 else { return nil }
        for position in 0...(input.count - 4)
        where input[position] == 13 && input[position + 1] == 10 && input[position + 2] == 13
            && input[position + 3] == 10
        {
            return position
        }
        return nil
    }
}
