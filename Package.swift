// swift-tools-version:6.2
// Countersign: callback handler for API co-signers, and the co-signer that asks it.
// Modules and their one-way arrows are described in docs/architecture.md; add no arrow that points upwards.

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
]
let nioTesting: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let sqlite: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqliteLibrary: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")

let package = Package(
    name: "countersign",
    products: [
        .executable(name: "callback-server", targets: ["callback-server"]),
        .executable(name: "cosigner", targets: ["cosigner"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // System libraries (Debian: make setup installs them).
        .systemLibrary(
            name: "COpenSSL", path: "Sources/COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CNGHTTP2", path: "Sources/CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(
            name: "CPostgreSQL", path: "Sources/CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CJWT", path: "Tests/CJWT", pkgConfig: "libjwt", providers: [.apt(["libjwt-dev"])]),

        .target(name: "SystemCrypto", dependencies: ["COpenSSL"], swiftSettings: settings),
        .target(name: "SystemPostgres", dependencies: ["CPostgreSQL"], swiftSettings: settings),
        .target(name: "SystemSQLite", dependencies: [sqliteLibrary], swiftSettings: settings),
        .target(
            name: "HTTPSTransport", dependencies: ["SystemCrypto", "COpenSSL", "CNGHTTP2"] + nio,
            swiftSettings: settings),
        .target(name: "CallbackProtocol", dependencies: ["SystemCrypto"], swiftSettings: settings),
        .target(
            name: "CallbackRules", dependencies: ["CallbackProtocol", "SystemCrypto", yams], swiftSettings: settings),
        .target(
            name: "DecisionLedger",
            dependencies: [
                "CallbackRules", "CallbackProtocol", "SystemCrypto", "SystemPostgres", "SystemSQLite", sqlite,
            ],
            swiftSettings: settings),
        .target(
            name: "CosignerCallbackClient", dependencies: ["CallbackProtocol", "HTTPSTransport", "SystemCrypto"] + nio,
            swiftSettings: settings),
        .executableTarget(
            name: "callback-server",
            dependencies: [
                "CallbackProtocol", "CallbackRules", "DecisionLedger", "HTTPSTransport", "SystemCrypto",
                arguments, log, yams, lifecycle, unixSignals,
            ] + nio,
            path: "Sources/CallbackServer", swiftSettings: settings),
        .executableTarget(
            name: "cosigner",
            dependencies: ["CosignerCallbackClient", "CallbackProtocol", "HTTPSTransport", "SystemCrypto", arguments],
            path: "Sources/Cosigner", swiftSettings: settings),

        .target(
            name: "TestSupport", dependencies: ["SystemCrypto"], path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "CFaultVFS", path: "Tests/CFaultVFS", linkerSettings: [.linkedLibrary("sqlite3")]),
        .executableTarget(
            name: "ledger-hammer",
            dependencies: ["DecisionLedger", "CallbackRules", "CallbackProtocol", "SystemCrypto"],
            path: "Tests/LedgerHammer", swiftSettings: settings),
        .testTarget(name: "SystemCryptoTests", dependencies: ["SystemCrypto", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "SystemPostgresTests", dependencies: ["SystemPostgres", "SystemCrypto", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "SystemSQLiteTests", dependencies: ["SystemSQLite", sqlite, "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "HTTPSTransportTests",
            dependencies: ["HTTPSTransport", "SystemCrypto", "TestSupport", nioTesting] + nio, swiftSettings: settings),
        .testTarget(
            name: "CallbackProtocolTests", dependencies: ["CallbackProtocol", "SystemCrypto", "TestSupport", "CJWT"],
            resources: [.copy("Resources")], swiftSettings: settings),
        .testTarget(
            name: "CallbackRulesTests",
            dependencies: ["CallbackRules", "CallbackProtocol", "SystemCrypto", "TestSupport"],
            resources: [.copy("Resources")], swiftSettings: settings),
        .testTarget(
            name: "DecisionLedgerTests",
            dependencies: [
                "DecisionLedger", "CallbackRules", "CallbackProtocol", "SystemCrypto", "SystemPostgres", "TestSupport",
                "CFaultVFS", "ledger-hammer", sqlite,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CosignerCallbackClientTests",
            dependencies: [
                "CosignerCallbackClient", "CallbackProtocol", "HTTPSTransport", "SystemCrypto", "TestSupport",
            ]
                + nio,
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "CosignerCallbackClient", "CallbackProtocol", "CallbackRules", "DecisionLedger", "HTTPSTransport",
                "SystemCrypto", "TestSupport", "callback-server", "cosigner", log, nioTesting,
            ] + nio,
            resources: [.copy("Resources")], swiftSettings: settings),
    ]
)

// The benchmark's load generator is built on request only: COUNTERSIGN_BENCHMARK=1 swift build -c release
if Context.environment["COUNTERSIGN_BENCHMARK"] != nil {
    package.targets.append(
        .executableTarget(
            name: "callback-load",
            dependencies: ["SystemCrypto", "COpenSSL", "CNGHTTP2", arguments], path: "Benchmarks/CallbackLoad",
            swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "rules-speed", dependencies: ["CallbackRules", "CallbackProtocol"], path: "Benchmarks/RulesSpeed",
            swiftSettings: settings))
    package.targets.append(
        .executableTarget(
            name: "ledger-speed",
            dependencies: ["CallbackRules", "CallbackProtocol", "DecisionLedger", "SystemCrypto", "TestSupport"],
            path: "Benchmarks/LedgerSpeed", swiftSettings: settings))
}
