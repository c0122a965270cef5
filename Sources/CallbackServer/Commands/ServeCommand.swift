// callback-server serve

import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the configured listeners until SIGTERM or SIGINT.",
        discussion: """
            Prints what it serves on standard output, then one log line per decision on standard error. At SIGTERM it takes \
            no new connections, answers what was asked, commits what was decided, and ends with exit code 0.
            """)

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        Self.fillStandardDescriptors()
        let configuration = try file.read()
        let writer = LogWriter(descriptor: 2, format: configuration.logFormat)
        var logger = Logger(label: "callback-server") { _ in
            StructuredLogHandler(
                level: Logger.Level(rawValue: configuration.logLevel) ?? .info, format: configuration.logFormat,
                writer: writer)
        }
        defer { writer.flush() }
        let log = DecisionLog(logger: logger, writer: configuration.logFormat == .json ? writer : nil)
        // A vanished reader of the output, or a file size limit, must end in an error of that write and not the process.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        let server = try await CallbackServer.start(configuration, logger: logger, log: log)
        try? FileHandle.standardOutput.write(contentsOf: Data((server.summary.joined(separator: "\n") + "\n").utf8))
        logger.notice("serving", metadata: ["event": "serving"])
        // The lifecycle library's own lines are not events of this server.
        logger.logLevel = .warning
        let group = ServiceGroup(
            services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }

    /// Where standard input, output or error was closed, something else would get its number, and what is printed.
    private static func fillStandardDescriptors() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 { _ = open("/dev/null", O_RDWR) }
    }
}
