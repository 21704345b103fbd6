// swift-tools-version: 6.1
import PackageDescription

// The map of modules is drawn in ARCHITECTURE.md. Imports point down it only: `Tests/ArchitectureTests` reads the
// sources and refuses an import that this file would happen to allow but the map does not.

/// Every target of ours is in Swift 6 mode with the upcoming features that make a leaked dependency visible.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Products of other packages, each with the reason why it is here.
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")  // Fabric's wire format
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")  // hashes, ECDSA, Ed25519, HMAC
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")  // DER of certificates and CRLs
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")  // makes certificates for development
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")  // SQLite's C interface
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")  // connections, migrations, cold queries
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")  // template.yml, duet.yaml, NodeOUs
let http = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")  // the HTTP listener
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")  // its values
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")  // its buffers and connection handlers
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")  // its event loops
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")  // its HTTP/1 parser
let nioFoundation = Target.Dependency.product(name: "NIOFoundationCompat", package: "swift-nio")  // JSON to buffers
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")  // parser to types
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")  // alarms, sinks, CLI
let grpc = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")  // calls, streams, statuses
let grpcTransport = Target.Dependency.product(
    name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")  // gRPC over HTTP/2 and TLS
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")  // TLS of every listener
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")  // frames, to bound floods
let nioHPACK = Target.Dependency.product(name: "NIOHPACK", package: "swift-nio-http2")  // headers of refused calls
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")  // the end of a handshake
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")  // start, stop
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")  // what stops a node
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")  // the node's own log
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")  // command line
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")  // paths for subprocess
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")  // function processes

func module(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, resources: [Resource]? = nil
) -> Target {
    .target(name: name, dependencies: dependencies, path: path, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, resources: resources,
        swiftSettings: strict)
}

/// A C library that Debian ships; `provider` is the package to install.
func system(_ name: String, pkgConfig: String, provider: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/SystemLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([provider])])
}

let package = Package(
    name: "duet",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "duet", targets: ["duet"]),
        .library(name: "DuetClient", targets: ["DuetClient"]),
        .library(name: "DuetContract", targets: ["DuetContract"]),
        .library(name: "DuetFunction", targets: ["DuetFunction"]),
        .library(name: "DuetContractTesting", targets: ["DuetContractTesting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.86.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.29.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    ],
    targets: [
        // executables
        .executableTarget(name: "duet", dependencies: ["DuetCommand"], swiftSettings: strict),
        module(
            "DuetCommand",
            [
                "DuetNode", "DuetContract", "DuetClient", "ContractService", "NodeHTTP", "FabricTypes", "Membership",
                "LedgerCore", "LedgerStorage", "PeerService", "FabricGRPC", "FunctionTypes",
                "FunctionCore", "FunctionStorage", "FunctionSandbox", "LogCore", "TriggerCore", "TriggerService",
                arguments, subprocess, systemPackage, httpClient, nio, nioPosix, nioHTTP1, nioSSL, nioTLS, logging,
            ]),

        // assembly
        module(
            "DuetNode",
            [
                "FabricTypes", "Membership", "LedgerCore", "LedgerStorage", "OrderingCore",
                "PeerService", "OrdererService", "ContractService", "FabricGRPC", "DuetContract",
                "FunctionTypes", "FunctionCore", "FunctionStorage", "FunctionSandbox", "FunctionService",
                "TriggerCore", "TriggerService",
                "LogCore", "LogStorage", "LogService", "NodeHTTP", "ConsoleSite", lifecycle, signals, logging, yaml,
                nio,
            ]),

        module("DuetContractTesting", ["FabricTypes", "Membership", "LedgerCore", "ContractService", "DuetContract"]),

        // edges
        module(
            "FabricGRPC",
            [
                "FabricTypes", "Membership", "LedgerCore", "OrderingCore", "PeerService", "OrdererService",
                grpc, grpcTransport, nio, nioPosix, nioHTTP2, nioHPACK, nioTLS, nioSSL, lifecycle, logging,
            ]),
        module(
            "NodeHTTP",
            [
                "FabricTypes", "Membership", "LedgerCore", "OrdererService", "PeerService",
                "FunctionTypes", "FunctionCore", "FunctionService", "LogCore", "LogService", "TriggerCore",
                "TriggerService", "CLZ4",
                "CZlib",
                http, httpTypes, nio, nioPosix, nioHTTP1, nioFoundation, nioHTTPTypes, nioSSL, protobuf, crypto,
                lifecycle, logging,
            ]),

        module("ConsoleSite", [], resources: [.embedInCode("Site")]),

        // SDKs
        module("DuetContract", ["FabricTypes", "Membership"]),
        module("DuetClient", ["FabricTypes", "Membership", grpc, grpcTransport, nio, nioSSL, logging]),

        module("DuetFunction", ["FunctionTypes"]),

        // services
        module("PeerService", ["FabricTypes", "Membership", "LedgerCore", "OrderingCore", lifecycle, logging]),
        module("OrdererService", ["FabricTypes", "Membership", "LedgerCore", "OrderingCore", lifecycle, logging]),
        module("ContractService", ["FabricTypes", "Membership", "LedgerCore", "DuetContract", logging]),
        module("FunctionService", ["FunctionTypes", "FunctionCore", "LogCore", lifecycle, logging]),
        module("LogService", ["LogCore", httpClient, nio, nioHTTP1, lifecycle, logging]),
        module(
            "TriggerService",
            [
                "FabricTypes", "Membership", "FunctionTypes", "FunctionCore", "TriggerCore", httpClient, nio,
                nioHTTP1, crypto, lifecycle, logging,
            ]),

        // adapters
        module("LedgerStorage", ["FabricTypes", "Membership", "LedgerCore", "OrderingCore", "CPCRE2", sqlite]),
        module(
            "FunctionStorage",
            ["FunctionTypes", "FunctionCore", "TriggerCore", "CArchive", grdb, sqlite, crypto]),
        module(
            "FunctionSandbox",
            ["FunctionTypes", "FunctionCore", subprocess, systemPackage, nio, nioPosix, nioHTTP1, logging],
            resources: [.embedInCode("Bootstraps")]),
        // The first process in a sandbox: C, since it must be small, start at once and need no library of ours inside.
        .executableTarget(
            name: "duet-relay", path: "Sources/SandboxRelay",
            // The compiler would link Swift's libraries to it, which no sandbox holds.
            linkerSettings: [
                .unsafeFlags(
                    ["-static-stdlib", "-nostartfiles", "-Xlinker", "--gc-sections"], .when(platforms: [.linux]))
            ]),
        module("LogStorage", ["LogCore", "CPCRE2", sqlite]),

        // cores
        module("LedgerCore", ["FabricTypes", "Membership"]),
        module("OrderingCore", ["FabricTypes", "Membership"]),
        module("FunctionCore", ["FunctionTypes", yaml]),
        module("LogCore", ["FunctionTypes"]),
        module("TriggerCore", ["FabricTypes", "Membership", "FunctionTypes", crypto]),

        // values
        module("Membership", ["FabricTypes", asn1, x509, crypto, yaml]),
        module("FunctionTypes", [crypto]),
        module("FabricTypes", [crypto]),

        // wire
        module("FabricProtos", [protobuf]),

        // native libraries
        system("CArchive", pkgConfig: "libarchive", provider: "libarchive-dev"),
        system("CLZ4", pkgConfig: "liblz4", provider: "liblz4-dev"),
        system("CZlib", pkgConfig: "zlib", provider: "zlib1g-dev"),
        system("CPCRE2", pkgConfig: "libpcre2-8", provider: "libpcre2-dev"),

        // examples, written as a user would write them
        module("MarblesContract", ["DuetContract"], path: "Examples/Marbles/Contract"),
        .executableTarget(
            name: "marbles-duet", dependencies: ["DuetCommand", "DuetContract", "MarblesContract"],
            path: "Examples/Marbles/Program", swiftSettings: strict),
        module(
            "MarblesServer",
            [
                "DuetClient", "FabricTypes", "CZlib", http, httpTypes, nio, nioPosix, nioHTTP1, nioFoundation,
                httpClient,
                crypto,
                arguments, lifecycle, signals, logging,
            ],
            path: "Examples/Marbles/Server", resources: [.copy("Pages")]),
        .executableTarget(
            name: "marbles-server", dependencies: ["MarblesServer"], path: "Examples/Marbles/ServerProgram",
            swiftSettings: strict),
        .testTarget(
            name: "MarblesContractTests",
            dependencies: [
                "MarblesContract", "marbles-duet", "DuetContract", "DuetContractTesting", "DuetClient",
                "NetworkTestKit",
            ], swiftSettings: strict),

        .testTarget(
            name: "MarblesServerTests", dependencies: ["MarblesServer", "DuetClient", "GoldenLedger"],
            swiftSettings: strict),

        module("GrainContract", ["DuetContract"], path: "Examples/Grain/Contract"),
        .executableTarget(
            name: "grain-duet", dependencies: ["DuetCommand", "DuetContract", "GrainContract"],
            path: "Examples/Grain/Program", swiftSettings: strict),
        .testTarget(
            name: "GrainContractTests", dependencies: ["GrainContract", "DuetContract", "DuetContractTesting"],
            swiftSettings: strict),
        module("RewardsContract", ["DuetContract", "FabricTypes"], path: "Examples/Rewards/Contract"),
        .executableTarget(
            name: "rewards-duet", dependencies: ["DuetCommand", "DuetContract", "RewardsContract"],
            path: "Examples/Rewards/Program", swiftSettings: strict),

        .executableTarget(
            name: "swift-function", dependencies: ["DuetFunction"], path: "Examples/SwiftFunction",
            swiftSettings: strict),

        // benchmarks
        .executableTarget(
            name: "DuetBenchmarks",
            dependencies: [
                "GoldenLedger", "LedgerTestKit", "FabricTypes", "Membership", "LedgerCore", "LedgerStorage",
                "OrderingCore", "OrdererService", "LogCore",
                "LogStorage", "LogService", "FunctionTypes", "FunctionStorage", "TriggerCore", "TriggerService",
                "TriggerTestKit", arguments, logging,
            ],
            path: "Benchmarks/DuetBenchmarks", swiftSettings: strict),
        .executableTarget(
            name: "NetworkBenchmarks", dependencies: ["DuetClient", "FabricTypes", arguments],
            path: "Benchmarks/NetworkBenchmarks", swiftSettings: strict),

        // tests
        .target(
            name: "GoldenLedger", dependencies: ["FabricTypes", "Membership"], path: "Tests/GoldenLedger",
            swiftSettings: strict),
        tests("FabricTypes", ["GoldenLedger", "FabricProtos", protobuf, crypto]),
        tests("Membership", ["GoldenLedger", "FabricTypes", "FabricProtos", protobuf, crypto, asn1, x509]),
        tests(
            "LedgerCore",
            [
                "GoldenLedger", "LedgerTestKit", "FabricTypes", "Membership", "LedgerStorage", "FabricProtos", protobuf,
                crypto,
            ]),
        .target(
            name: "LedgerTestKit", dependencies: ["GoldenLedger", "FabricTypes", "LedgerCore", "LedgerStorage"],
            path: "Tests/LedgerTestKit", swiftSettings: strict),
        .executableTarget(
            name: "LedgerCrashProgram", dependencies: ["LedgerTestKit", "FabricTypes", "LedgerCore", "LedgerStorage"],
            path: "Tests/LedgerCrashProgram", swiftSettings: strict),
        .executableTarget(
            name: "LedgerMaker",
            dependencies: [
                "LedgerTestKit", "FabricTypes", "Membership", "LedgerCore", "LedgerStorage", "OrderingCore",
            ],
            path: "Tests/LedgerMaker", swiftSettings: strict),
        tests(
            "LedgerStorage",
            [
                "LedgerTestKit", "LedgerCrashProgram", subprocess, "GoldenLedger", "FabricTypes", "Membership",
                "LedgerCore", "OrderingCore", grdb, sqlite,
            ]),
        tests("OrderingCore", ["GoldenLedger", "LedgerTestKit", "FabricTypes", "Membership", "LedgerStorage"]),
        tests(
            "OrdererService",
            [
                "GoldenLedger", "LedgerTestKit", "FabricTypes", "Membership", "LedgerCore", "LedgerStorage",
                "OrderingCore", logging,
            ]),
        tests(
            "PeerService",
            [
                "GoldenLedger", "LedgerTestKit", "ContractService", "DuetContract", "DuetClient", "FabricTypes",
                "Membership",
                "LedgerCore", "LedgerStorage", "OrderingCore", logging,
            ]),
        tests(
            "ContractService",
            [
                "GoldenLedger", "LedgerTestKit", "FabricTypes", "Membership", "LedgerCore", "LedgerStorage",
                "DuetContract", logging,
            ]),
        tests("DuetContract", ["GoldenLedger", "FabricTypes", "Membership"]),
        tests("DuetContractTesting", ["FabricTypes", "DuetContract"]),
        .target(
            name: "NetworkTestKit", dependencies: ["DuetClient"], path: "Tests/NetworkTestKit", swiftSettings: strict),
        tests(
            "DuetClient",
            ["NetworkTestKit", "GoldenLedger", "FabricTypes", "Membership", "duet", grpc, grpcTransport, logging]),
        tests(
            "FabricGRPC",
            [
                "GoldenLedger", "FabricTypes", "Membership", "LedgerCore", "OrderingCore", "PeerService",
                "OrdererService", grpc, grpcTransport, nio, nioPosix, nioSSL, logging,
            ]),
        tests("FunctionTypes", []),
        tests("FunctionCore", ["FunctionTypes"]),
        tests("FunctionStorage", ["FabricTypes", "FunctionTypes", "FunctionCore", "TriggerCore", "CArchive"]),
        tests("FunctionSandbox", ["FunctionTypes", "FunctionCore", logging]),
        tests(
            "FunctionService",
            ["FunctionTypes", "FunctionCore", "FunctionStorage", "FunctionSandbox", "LogCore", lifecycle, logging]),
        .target(
            name: "TriggerTestKit", dependencies: ["FabricTypes", "FunctionTypes", "TriggerService"],
            path: "Tests/TriggerTestKit", swiftSettings: strict),
        tests("TriggerCore", ["GoldenLedger", "TriggerTestKit", "FabricTypes", "FunctionTypes", crypto]),
        tests(
            "TriggerService",
            [
                "GoldenLedger", "TriggerTestKit", "FabricTypes", "Membership", "FunctionTypes", "FunctionCore",
                "TriggerCore", "FunctionStorage", lifecycle, logging,
            ]),
        .target(
            name: "LogTestKit", dependencies: ["GoldenLedger", "LogCore"], path: "Tests/LogTestKit",
            swiftSettings: strict),
        tests("LogCore", ["GoldenLedger", "LogTestKit"]),
        tests("LogStorage", ["GoldenLedger", "LogCore", "LogTestKit", sqlite]),
        tests("LogService", ["GoldenLedger", "LogCore", "LogStorage", nio, nioPosix, lifecycle, logging]),
        tests(
            "NodeHTTP",
            [
                "FunctionTypes", "FunctionCore", "FunctionService", "TriggerCore", "TriggerService", "LogCore",
                "LogService", "LogStorage", "GoldenLedger", "FabricTypes", "Membership", "LedgerCore", "OrderingCore",
                "OrdererService", "PeerService", http, httpTypes, nio,
                nioPosix, crypto, lifecycle, logging,
            ]),
        tests("ConsoleSite", []),
        tests("DuetNode", ["FabricTypes", "Membership", "FunctionTypes", "TriggerCore", "TriggerService", "NodeHTTP"]),
        tests(
            "DuetCommand",
            ["GoldenLedger", "FabricTypes", "FunctionTypes", "FunctionSandbox", "duet", arguments, subprocess]),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),  // reads the sources, imports none of them
    ]
)

// Fuzzing needs a compiler flag on every module, so it is no part of an ordinary build: scripts/fuzz-decoders.
if Context.environment["DUET_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "GoldenLedger", "LedgerTestKit", "FabricTypes", "Membership", "LedgerCore", "LedgerStorage",
            ],
            path: "Fuzz", swiftSettings: strict))
}
