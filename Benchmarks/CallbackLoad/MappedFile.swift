// Reading files, large ones without copying them.

import Glibc

/// A file mapped into memory, read only; unmapped in `deinit`. Only copies leave it, so nothing outlives the mapping.
final class MappedFile {
    private let bytes: UnsafeRawBufferPointer

    init(path: String) throws(LoadError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LoadError(.file, "\(path) cannot be read: \(systemReason())") }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw LoadError(.file, "\(path) cannot be read: \(systemReason())")
        }
        let count = Int(information.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw LoadError(.file, "\(path) cannot be mapped: \(systemReason())")
        }
        bytes = UnsafeRawBufferPointer(start: address, count: count)
    }

    deinit {
        if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
    }

    /// The ranges of the lines, without their ends. Stops after `limit` lines.
    func lines(limit: Int = .max) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        guard let start = bytes.baseAddress else { return lines }
        var position = 0
        while position < bytes.count, lines.count < limit {
            let end =
                memchr(start + position, 10, bytes.count - position).map { UnsafeRawPointer($0) - start } ?? bytes.count
            lines.append(position..<end)
            position = end + 1
        }
        return lines
    }

    subscript(range: Range<Int>) -> [UInt8] {
        withExtendedLifetime(self) { Array(bytes[range]) }
    }

    static func contents(of path: String) throws(LoadError) -> [UInt8] {
        let file = try MappedFile(path: path)
        return file[0..<file.bytes.count]
    }
}

/// The signed requests of one run, in the order in which they are sent.
struct TokenFile {
    private let file: MappedFile
    private let lines: ArraySlice<Range<Int>>

    /// Tokens `first..<first + count` of the file, counted from 0.
    init(path: String, first: Int, count: Int) throws(LoadError) {
        file = try MappedFile(path: path)
        let lines = file.lines(limit: first + count)
        guard lines.count == first + count else {
            throw LoadError(.file, "\(path) holds \(lines.count) tokens; \(first + count) are needed: prepare more")
        }
        self.lines = lines[first...]
    }

    var count: Int { lines.count }

    subscript(index: Int) -> [UInt8] {
        file[lines[lines.startIndex + index]]
    }
}

/// What the last failed system call says.
func systemReason() -> String {
    String(cString: strerror(errno))
}
