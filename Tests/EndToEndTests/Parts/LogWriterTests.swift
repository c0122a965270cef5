// The log's own failures: nobody waits for them, and what they cost is counted.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@testable import callback_server

@Suite(.timeLimit(.minutes(1))) struct LogWriterTests {
    private func write(_ lines: String..., to writer: LogWriter) {
        for line in lines { writer.write(Array("{\"line\":\"\(line)\"}".utf8)) }
    }

    @Test func linesThatCannotBeWrittenAreCountedWhenTheDescriptorWorksAgain() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("log", "")
        // Every write to it fails with ENOSPC.
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let writer = LogWriter(descriptor: descriptor, format: .json)
        write("a", "b", "c", to: writer)
        writer.flush()
        let file = open(path, O_WRONLY)
        try #require(file >= 0 && dup2(file, descriptor) == descriptor)
        close(file)
        write("d", to: writer)
        writer.flush()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap {
            try StrictJSON.parse(Array($0.utf8)).object
        }
        #expect(lines.compactMap { $0["line"]?.string } == ["d"])
        #expect(lines.compactMap { $0["dropped"] }.map { $0.serialized() } == [Array("3".utf8)])
        #expect(lines.count == 2)
    }

    @Test(arguments: [true, false])
    func flushReturnsWhenNobodyReads(blocking: Bool) async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reader, descriptor) = (ends[0], ends[1])
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        var filling = 0
        while true {
            let count = Foundation.write(descriptor, [UInt8](repeating: 0x0a, count: 4096), 4096)
            guard count > 0 else { break }
            filling += count
        }
        if blocking { _ = fcntl(descriptor, F_SETFL, flags) }
        let writer = LogWriter(descriptor: descriptor, format: .json, capacity: 1_000)
        for _ in 0..<100 { write("x", to: writer) }
        let returned = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let done = DispatchSemaphore(value: 0)
                DispatchQueue(label: "flush").async {
                    writer.flush()
                    done.signal()
                }
                continuation.resume(returning: done.wait(timeout: .now() + .seconds(30)) == .success)
            }
        }
        #expect(returned)
        // A reader comes: everything that was kept arrives, and the rest is counted.
        let handle = FileHandle(fileDescriptor: reader, closeOnDealloc: true)
        var text = ""
        while !(text.contains("dropped") && text.hasSuffix("}\n")) {
            let data = handle.availableData
            guard !data.isEmpty else { break }
            text += String(decoding: data, as: UTF8.self)
        }
        let lines = try text.split(separator: "\n").compactMap { try StrictJSON.parse(Array($0.utf8)).object }
        let written = lines.count { $0["line"] != nil }
        let dropped = lines.compactMap { $0["dropped"] }.map { String(decoding: $0.serialized(), as: UTF8.self) }
        #expect(written > 0 && written < 100)
        #expect(dropped == [String(100 - written)])
        // Nothing uses the descriptor any more once a flush has nothing to do.
        writer.flush()
        close(descriptor)
    }

    @Test func aLineCannotSteerATerminal() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("log", "")
        let descriptor = open(path, O_WRONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let writer = LogWriter(descriptor: descriptor, format: .text)
        writer.write(Array("a\u{9b}2J\u{202e}é".utf8))
        writer.flush()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a?2J?é\n")
    }
}
