// swift-tools-version: 6.2
import PackageDescription

let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "concordat",
    products: [
        .executable(name: "concordat", targets: ["concordat"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    ],
    targets: [
        // Floor 1
        .target(name: "ConcordatTerms"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        // Floor 2
        .target(name: "ConcordatJSON", dependencies: ["ConcordatTerms"]),
        .target(name: "ConcordatCrypto", dependencies: ["ConcordatTerms", "COpenSSL"]),
        // Floor 3
        .target(name: "ConcordatPayload", dependencies: ["ConcordatTerms", "ConcordatJSON", "ConcordatCrypto"]),
        .target(name: "ConcordatWire", dependencies: ["ConcordatTerms", "ConcordatJSON"]),
        // Floor 4
        .target(name: "ConcordatDecision", dependencies: ["ConcordatTerms", "ConcordatJSON", "ConcordatPayload"]),
        .target(name: "ConcordatLog", dependencies: ["ConcordatTerms", "ConcordatJSON", "ConcordatCrypto"]),
        // Floor 5
        .target(
            name: "ConcordatProtocols",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatDecision", yams,
            ]),
        .target(
            name: "ConcordatTransport",
            dependencies: ["ConcordatTerms", "ConcordatCrypto", nio, nioPosix, nioHTTP1, logging]),
        // Floor 6
        .target(
            name: "ConcordatCore",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", logging, metrics, lifecycle,
            ]),
        // Floor 7
        .target(
            name: "ConcordatStore",
            dependencies: ["ConcordatTerms", "ConcordatCrypto", "ConcordatLog", "ConcordatCore", grdb, logging]),
        .target(
            name: "ConcordatDataPlane",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatWire", "ConcordatCore",
                "ConcordatTransport", nio, nioPosix, nioHTTP1, logging, metrics,
            ]),
        .target(
            name: "ConcordatDesk",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatWire", "ConcordatLog", "ConcordatCore",
                "ConcordatTransport", nio, hummingbird, hummingbirdCore, httpTypes, logging, lifecycle,
            ]),
        // Floor 8
        .executableTarget(
            name: "concordat",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", "ConcordatProtocols", "ConcordatTransport", "ConcordatCore",
                "ConcordatStore", "ConcordatDataPlane", "ConcordatDesk", argumentParser, yams, lifecycle, logging,
                metrics, nio, nioPosix, unixSignals,
            ],
            resources: [.embedInCode("Authority/authority.sh")]),
        // Tests: one target for each room, the walls, and what they share.
        .testTarget(name: "ArchitectureTests", exclude: ["reveal-sites.txt"]),
        .testTarget(name: "ConcordatTermsTests", dependencies: ["ConcordatTerms"]),
        .testTarget(name: "ConcordatJSONTests", dependencies: ["ConcordatTerms", "ConcordatJSON"]),
        .testTarget(name: "ConcordatCryptoTests", dependencies: ["ConcordatTerms", "ConcordatCrypto"]),
        .testTarget(
            name: "ConcordatPayloadTests", dependencies: ["ConcordatTerms", "ConcordatJSON", "ConcordatPayload"]),
        .testTarget(name: "ConcordatWireTests", dependencies: ["ConcordatTerms", "ConcordatJSON", "ConcordatWire"]),
        .testTarget(
            name: "ConcordatDecisionTests",
            dependencies: ["ConcordatTerms", "ConcordatPayload", "ConcordatDecision", "ConcordatJudgeModel"]),
        // The protocol's meaning a second time, and random protocols to compare the two on.
        .target(
            name: "ConcordatJudgeModel", dependencies: ["ConcordatTerms", "ConcordatPayload", "ConcordatDecision"],
            path: "Tests/JudgeModel"),
        .testTarget(
            name: "ConcordatLogTests",
            dependencies: ["ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatLog"]),
        .testTarget(
            name: "ConcordatProtocolsTests",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatDecision",
                "ConcordatProtocols",
            ],
            exclude: ["FailCases", "Fixtures"]),
        .testTarget(
            name: "ConcordatTransportTests",
            dependencies: ["ConcordatTerms", "ConcordatCrypto", "ConcordatTransport", nio, nioPosix, nioHTTP1, logging]),
        .target(
            name: "ConcordatTestSupport",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", "ConcordatProtocols", "ConcordatCore", "ConcordatStore", logging,
            ], path: "Tests/TestSupport"),
        .testTarget(
            name: "ConcordatCoreTests",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", "ConcordatCore", "ConcordatStore", "ConcordatTestSupport", logging,
                lifecycle,
            ]),
        .testTarget(
            name: "ConcordatStoreTests",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", "ConcordatCore", "ConcordatStore", "ConcordatTestSupport", grdb,
                logging,
            ]),
        .testTarget(
            name: "ConcordatCommandTests",
            dependencies: [
                "concordat", "ConcordatTerms", "ConcordatJSON", "ConcordatDecision", "ConcordatProtocols",
                "ConcordatCore",
                nio, argumentParser,
            ]),
        .testTarget(
            name: "ConcordatDataPlaneTests",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", "ConcordatProtocols", "ConcordatTransport", "ConcordatCore",
                "ConcordatStore", "ConcordatDataPlane", "ConcordatTestSupport", nio, nioPosix, nioHTTP1, logging,
                metrics,
            ]),
        .testTarget(
            name: "ConcordatDeskTests",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", "ConcordatProtocols", "ConcordatTransport", "ConcordatCore",
                "ConcordatStore", "ConcordatDesk", "ConcordatTestSupport", nio, nioPosix, logging,
            ]),
    ]
)

// The fuzzer's readers stand in every build, so that what it once found is replayed by an ordinary test.
package.targets.append(contentsOf: [
    .target(
        name: "FuzzReaders",
        dependencies: [
            "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
            "ConcordatDecision", "ConcordatLog", "ConcordatProtocols",
            "ConcordatJudgeModel",
        ],
        path: "Tests/Fuzz/Readers"),
    .testTarget(name: "FailCaseTests", dependencies: ["FuzzReaders"], path: "Tests/Fuzz/Replay"),
])
if Context.environment["CONCORDAT_FUZZ"] == "1" {
    package.products.append(.executable(name: "fuzz", targets: ["fuzz"]))
    package.targets.append(
        .executableTarget(name: "fuzz", dependencies: ["FuzzReaders", argumentParser], path: "Tests/Fuzz/Command"))
}
if Context.environment["CONCORDAT_BENCH"] == "1" {
    package.products.append(.executable(name: "bench-load", targets: ["bench-load"]))
    package.products.append(.executable(name: "bench-parts", targets: ["bench-parts"]))
    package.products.append(.executable(name: "bench-judge", targets: ["bench-judge"]))
    package.targets.append(contentsOf: [
        .target(name: "BenchMeasure", path: "Tests/bench/Measure"),
        .executableTarget(
            name: "bench-load",
            dependencies: [
                "ConcordatTerms", "ConcordatCrypto", "ConcordatTransport", argumentParser, nio, nioPosix,
            ],
            path: "Tests/LoadClient"),
        .executableTarget(
            name: "bench-parts",
            dependencies: [
                "ConcordatTerms", "ConcordatJSON", "ConcordatCrypto", "ConcordatPayload", "ConcordatWire",
                "ConcordatDecision", "ConcordatLog", "ConcordatProtocols", "BenchMeasure", argumentParser,
            ],
            path: "Tests/bench/Parts"),
        .executableTarget(
            name: "bench-judge",
            dependencies: [
                "ConcordatTerms", "ConcordatPayload", "ConcordatDecision", "ConcordatJudgeModel", "BenchMeasure",
                argumentParser,
            ],
            path: "Tests/bench/Judge"),
    ])
}

// One settings block for every target: Swift 6 mode, explicit existentials and imports, warnings are errors.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
