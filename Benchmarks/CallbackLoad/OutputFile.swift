// Writing files, with every failure reported.

import Glibc

/// A new file; closed by `finish`, or in `deinit` when a run fails before it.
final class OutputFile {
    private let path: String
    private var descriptor: Int32

    /// Empties an existing file unless `mustBeNew`.
    init(path: String, mode: mode_t = 0o644, mustBeNew: Bool = false) throws(LoadError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (mustBeNew ? O_EXCL : O_TRUNC), mode)
        guard descriptor >= 0 else { throw LoadError(.file, "\(path) cannot be written: \(systemReason())") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func write(_ bytes: [UInt8]) throws(LoadError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: buffer[written...]).baseAddress, buffer.count - written
                )
            }
            guard count > 0 else { throw LoadError(.file, "\(path) cannot be written: \(systemReason())") }
            written += count
        }
    }

    func finish() throws(LoadError) {
        let result = close(descriptor)
        descriptor = -1
        guard result == 0 else { throw LoadError(.file, "\(path) cannot be written: \(systemReason())") }
    }
}
