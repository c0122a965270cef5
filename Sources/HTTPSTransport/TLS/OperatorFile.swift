// Reads a small file that an operator names, and says what is wrong with it in words.

import Glibc

/// The bytes and mode of one regular file, read once through one descriptor so that both belong together.
struct OperatorFile {
    var bytes: [UInt8]
    /// Permission bits only.
    var mode: UInt32

    /// No certificate chain or key is longer.
    private static let sizeLimit = 1_048_576

    init(path: String, what: String, code: TransportError.Code) throws(TransportError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw TransportError(code, "\(what) \(path) cannot be opened: \(errorText(errno))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw TransportError(code, "\(what) \(path) is not a regular file; name a PEM file")
        }
        mode = status.st_mode & 0o7777
        bytes = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else {
                throw TransportError(code, "\(what) \(path) cannot be read: \(errorText(errno))")
            }
            if count == 0 { return }
            bytes += chunk[..<count]
            guard bytes.count <= Self.sizeLimit else {
                throw TransportError(code, "\(what) \(path) is longer than 1 MiB; this is not a PEM file of a server")
            }
        }
    }
}

private func errorText(_ number: Int32) -> String {
    switch number {
    case ENOENT: "there is no such file"
    case EACCES: "permission denied; the user of this process must be able to read it"
    default: String(cString: strerror(number))
    }
}

/// Seconds since 1970 as `2026-11-21 07:55:28 UTC`.
func dateText(_ seconds: Int64) -> String {
    var time = time_t(seconds)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil else { return "an unknown date" }
    func digits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.tm_year + 1900)-\(digits(parts.tm_mon + 1))-\(digits(parts.tm_mday)) "
        + "\(digits(parts.tm_hour)):\(digits(parts.tm_min)):\(digits(parts.tm_sec)) UTC"
}

/// The wall clock, in seconds since 1970.
func currentSeconds() -> Int64 {
    Int64(time(nil))
}
