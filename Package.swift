// swift-tools-version: 6.2
import PackageDescription

// The house: ten wings (folders of Sources/), each room a target. `Tests/HouseTests` reads this description and holds
// it against the table in README.md, so an arrow that is not in the plan fails the tests.

/// Features that every target turns on, so that a file reads the same in every room.
let features: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // dynamic dispatch is written where it happens
    .enableUpcomingFeature("InternalImportsByDefault"),  // what a room re-exports is a decision
    .enableUpcomingFeature("MemberImportVisibility"),  // no member without its import
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // an async function stays on its caller's executor
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// What a room may use from outside the house.
enum Outside {
    static let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
    static let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
    static let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
    static let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
    static let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
    static let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let log = Target.Dependency.product(name: "Logging", package: "swift-log")
    static let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = Target.Dependency.product(name: "Yams", package: "Yams")
}

/// Places a room in its wing.
///
/// - Parameter isTestedInside: Its tests look at what it keeps to itself, in release as well.
func room(
    _ name: String, in wing: String, imports house: [String] = [], outside: [Target.Dependency] = [],
    touchesC: Bool = false, isTestedInside: Bool = false
) -> Target {
    .target(
        name: name,
        dependencies: house.map { .byName(name: $0) } + outside,
        path: "Sources/\(wing)/\(name)",
        swiftSettings: features + (touchesC ? [.strictMemorySafety()] : [])
            + (isTestedInside ? [.unsafeFlags(["-enable-testing"])] : [])
    )
}

/// Places an executable in the wing of commands.
func command(
    _ name: String, imports house: [String], outside: [Target.Dependency] = [Outside.argumentParser]
) -> Target {
    .executableTarget(
        name: name,
        dependencies: house.map { .byName(name: $0) } + outside,
        path: "Sources/Commands/\(name)",
        swiftSettings: features
    )
}

/// A C shim or a system library of Debian's.
func shim(_ name: String, links libraries: [String] = []) -> Target {
    .target(name: name, path: "Sources/C/\(name)", linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// The tests of a room: `Tests/<room>Tests`.
///
/// Programs that tests talk to (Python peers) lie in its folder `Peers`.
func tests(
    _ name: String, of house: [String], outside: [Target.Dependency] = [], hasPeers: Bool = false
) -> Target {
    .testTarget(
        name: name,
        dependencies: house.map { .byName(name: $0) } + outside,
        path: "Tests/\(name)",
        exclude: hasPeers ? ["Peers"] : [],
        swiftSettings: features
    )
}

let package = Package(
    name: "doorstep",
    products: [
        .executable(name: "doorstepd", targets: ["doorstepd"]),
        .executable(name: "doorstep", targets: ["doorstep"]),
        .executable(name: "doorstep-twin", targets: ["doorstep-twin"]),
        .executable(name: "reflow-station", targets: ["reflow-station"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        // C/
        shim("CLinuxRealtime"),
        shim("CSerialPort", links: ["serialport"]),
        shim("CGPIOD", links: ["gpiod"]),
        shim("CZstd", links: ["zstd"]),
        shim("CCurl", links: ["curl"]),
        shim("CSodium", links: ["sodium"]),
        shim("CProj"),
        shim("CMosquitto", links: ["mosquitto"]),
        shim("CMallocCounter"),
        // Base/
        room("RobotModel", in: "Base"),
        room("Digests", in: "Base", imports: ["CSodium"]),
        room("StructuredText", in: "Base", imports: ["RobotModel"], outside: [Outside.yams]),
        room(
            "Realtime", in: "Base", imports: ["CLinuxRealtime", "RobotModel"],
            touchesC: true),
        // Hardware/
        room("DeviceProtocols", in: "Hardware", imports: ["RobotModel"]),
        room(
            "DeviceIO", in: "Hardware",
            imports: ["CSerialPort", "CGPIOD", "CLinuxRealtime", "CMosquitto", "RobotModel"],
            touchesC: true),
        room("Devices", in: "Hardware", imports: ["DeviceProtocols", "DeviceIO", "Realtime", "RobotModel"]),
        room("BoardFile", in: "Hardware", imports: ["RobotModel", "StructuredText"]),
        // Buildings/
        room("BuildingMap", in: "Buildings", imports: ["RobotModel"]),
        room("BuildingImport", in: "Buildings", imports: ["BuildingMap", "RobotModel", "StructuredText"]),
        room("GeoReference", in: "Buildings", imports: ["BuildingImport", "CProj", "RobotModel"], touchesC: true),
        // Stages/
        room("Estimation", in: "Stages", imports: ["BuildingMap", "RobotModel"]),
        room("RoutePlanning", in: "Stages", imports: ["BuildingMap", "RobotModel"], isTestedInside: true),
        room(
            "Missions", in: "Stages", imports: ["BuildingMap", "CSodium", "RobotModel", "StructuredText"],
            outside: [Outside.grdb]),
        room("Facilities", in: "Stages", imports: ["DeviceProtocols", "RobotModel"], isTestedInside: true),
        room("Motion", in: "Stages", imports: ["RobotModel"]),
        room("Safety", in: "Stages", imports: ["RobotModel"]),
        // Reflow/
        room("MCAP", in: "Reflow", imports: ["CZstd"]),
        room(
            "Reflow", in: "Reflow", imports: ["CCurl", "Digests", "MCAP", "Realtime", "RobotModel"],
            outside: [Outside.grdb]),
        room(
            "ReflowStation", in: "Reflow", imports: ["Digests", "MCAP", "RobotModel"],
            outside: [Outside.flyingFox, Outside.flyingSocks, Outside.grdb]),
        // Operator/
        room("Control", in: "Operator", imports: ["RobotModel"]),
        room("Console", in: "Operator", imports: ["CSodium", "Control", "DeviceIO", "RobotModel"]),
        room("Doctor", in: "Operator", imports: ["BoardFile", "CLinuxRealtime", "DeviceIO"], touchesC: true),
        // Runtime/
        room(
            "RobotRuntime", in: "Runtime",
            imports: [
                "BoardFile", "BuildingImport", "BuildingMap", "Console", "Control", "DeviceIO", "DeviceProtocols",
                "Devices",
                "Estimation", "Facilities", "Missions", "Motion", "Realtime", "Reflow", "RobotModel", "RoutePlanning",
                "Safety", "StructuredText",
            ],
            outside: [Outside.lifecycle, Outside.log, Outside.signals]),
        // Twin/
        room(
            "Twin", in: "Twin",
            imports: [
                "BoardFile", "BuildingMap", "DeviceIO", "DeviceProtocols", "RobotModel", "StructuredText",
            ]),
        // Commands/
        room("CommandLine", in: "Commands"),
        room(
            "DaemonProgram", in: "Commands", imports: ["BoardFile", "RobotModel", "RobotRuntime", "StructuredText"],
            outside: [Outside.argumentParser, Outside.log]),
        command("doorstepd", imports: ["DaemonProgram"]),
        command(
            "doorstep",
            imports: [
                "BoardFile", "BuildingImport", "BuildingMap", "CommandLine", "Console", "Control", "DaemonProgram",
                "DeviceIO", "DeviceProtocols", "Devices", "Doctor", "GeoReference", "MCAP", "Missions", "Realtime",
                "RobotModel",
                "RobotRuntime",
                "RoutePlanning", "StructuredText",
            ]),
        command(
            "doorstep-demo",
            imports: [
                "BoardFile", "BuildingImport", "BuildingMap", "CommandLine", "Control", "DeviceIO", "Reflow",
                "RobotModel", "RobotRuntime", "Twin",
            ],
            outside: [Outside.argumentParser, Outside.log]),
        command(
            "doorstep-twin",
            imports: ["BoardFile", "BuildingImport", "CommandLine", "DeviceIO", "Realtime", "RobotModel", "Twin"]),
        command("reflow-station", imports: ["ReflowStation"]),
        command(
            "doorstep-bench",
            imports: [
                "BoardFile", "BuildingImport", "BuildingMap", "Control", "DeviceProtocols", "Realtime", "RobotModel",
                "RobotRuntime", "RoutePlanning", "Twin",
            ],
            outside: [Outside.argumentParser, Outside.log]),
        // Tests/
        tests("DigestsTests", of: ["Digests"]),
        tests("HouseTests", of: []),
        tests("RobotModelTests", of: ["RobotModel"]),
        tests("StructuredTextTests", of: ["RobotModel", "StructuredText"]),
        tests("RealtimeTests", of: ["CMallocCounter", "Realtime", "RobotModel"]),
        tests("DeviceProtocolsTests", of: ["DeviceProtocols", "RobotModel"]),
        tests("DeviceIOTests", of: ["DeviceIO", "RobotModel"]),
        tests("DevicesTests", of: ["DeviceIO", "DeviceProtocols", "Devices", "Realtime", "RobotModel", "Twin"]),
        tests("BoardFileTests", of: ["BoardFile", "RobotModel", "StructuredText"]),
        tests("BuildingMapTests", of: ["BuildingMap", "RobotModel"]),
        tests(
            "BuildingImportTests", of: ["BuildingImport", "BuildingMap", "RobotModel", "StructuredText"], hasPeers: true
        ),
        tests(
            "GeoReferenceTests",
            of: ["BuildingImport", "BuildingMap", "GeoReference", "RobotModel", "StructuredText"]),
        tests("EstimationTests", of: ["BuildingMap", "Estimation", "RobotModel"]),
        tests(
            "RoutePlanningTests",
            of: ["BuildingImport", "BuildingMap", "CMallocCounter", "RobotModel", "RoutePlanning", "StructuredText"],
            hasPeers: true),
        tests("MissionsTests", of: ["BuildingMap", "Missions", "Motion", "RobotModel", "StructuredText"]),
        tests("FacilitiesTests", of: ["DeviceProtocols", "Facilities", "RobotModel"]),
        tests("PassageTests", of: ["BuildingMap", "Facilities", "Missions", "RobotModel"]),
        tests("MotionTests", of: ["Motion", "RobotModel"]),
        tests("SafetyTests", of: ["RobotModel", "Safety"]),
        tests("MCAPTests", of: ["MCAP"], hasPeers: true),
        tests(
            "ReflowTests", of: ["Digests", "MCAP", "Realtime", "Reflow", "ReflowStation", "RobotModel"], hasPeers: true),
        tests("ConsoleTests", of: ["CSodium", "Console", "Control", "DeviceIO", "RobotModel"]),
        tests("DoctorTests", of: ["BoardFile", "Doctor"]),
        tests("CommandsTests", of: ["Control", "DeviceIO", "MCAP", "RobotModel"]),
        tests("ControlTests", of: ["Control", "RobotModel"]),
        tests(
            "TwinTests",
            of: [
                "BoardFile", "BuildingMap", "DeviceIO", "DeviceProtocols", "Devices", "Facilities", "RobotModel",
                "Twin",
            ],
            hasPeers: true),
        tests(
            "RobotRuntimeTests",
            of: [
                "BoardFile", "BuildingImport", "BuildingMap", "CMallocCounter", "Control", "DeviceIO", "MCAP",
                "Missions", "Reflow", "ReflowStation", "RobotModel", "RobotRuntime", "Twin",
            ], outside: [Outside.log], hasPeers: false),
    ]
)
