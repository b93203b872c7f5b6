import DeviceIO
import Foundation
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A real mosquitto on a free port of the loopback address, with a folder of its own; it ends with the value.
final class TestBroker {
    /// Whether the broker, its password tool and openssl are here.
    static let isInstalled = [broker, "/usr/bin/mosquitto_passwd", "/usr/bin/openssl"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let broker = "/usr/sbin/mosquitto"

    /// Who may come in.
    enum Access {
        /// Everybody, without TLS.
        case open
        /// TLS with a certificate of an authority of our own; the user "robot" with the password "meal & box".
        case guarded
    }

    let folder: URL
    let port: UInt16
    private let access: Access
    private var process = Process()

    init(_ access: Access = .open, rules: String = "") throws {
        self.access = access
        folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-broker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try Self.freePort()
        var lines = ["listener \(port) 127.0.0.1", "persistence false", "log_dest none"]
        // Started by root, it would become a user who may not read this folder.
        if geteuid() == 0 { lines.append("user root") }
        switch access {
        case .open: lines.append("allow_anonymous true")
        case .guarded:
            try makeCertificates()
            try Self.run("/usr/bin/mosquitto_passwd", "-c", "-b", path("users"), "robot", "meal & box")
            try Data("meal & box\n".utf8).write(to: folder.appending(path: "password"))
            try Data("wrong\n".utf8).write(to: folder.appending(path: "wrong-password"))
            lines += [
                "allow_anonymous false", "password_file \(path("users"))", "cafile \(path("ca.crt"))",
                "certfile \(path("broker.crt"))", "keyfile \(path("broker.key"))",
            ]
        }
        if !rules.isEmpty {
            try Data(rules.utf8).write(to: folder.appending(path: "rules"))
            lines.append("acl_file \(path("rules"))")
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: "mosquitto.conf"))
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// How a client of ours gets in.
    func settings(_ clientID: String, _ topics: String...) -> MQTTSettings {
        var settings = MQTTSettings(host: "localhost", port: port, clientID: clientID, topics: topics)
        guard access == .guarded else {
            settings.host = "127.0.0.1"
            return settings
        }
        settings.tls = MQTTSettings.TLS(authorityFile: path("ca.crt"))
        settings.username = "robot"
        settings.passwordFile = path("password")
        return settings
    }

    func start() throws {
        process = Process()
        process.executableURL = URL(filePath: Self.broker)
        process.arguments = ["-c", path("mosquitto.conf")]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        var attempts = 0
        while !Self.listens(port), attempts < 1000 {
            attempts += 1
            usleep(10_000)
        }
    }

    func stop() {
        guard process.isRunning else { return }
        // Not SIGTERM: the broker keeps the signals that it was born with blocked, and a test's thread blocks them.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    // MARK: -

    private func makeCertificates() throws {
        let ca = ["-keyout", path("ca.key"), "-out", path("ca.crt"), "-subj", "/CN=Doorstep test authority"]
        try Self.run(
            "/usr/bin/openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"] + ca)
        let other = ["-keyout", path("other.key"), "-out", path("other.crt"), "-subj", "/CN=Another authority"]
        try Self.run(
            "/usr/bin/openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + other)
        let request = ["-keyout", path("broker.key"), "-out", path("broker.csr"), "-subj", "/CN=localhost"]
        try Self.run(
            "/usr/bin/openssl",
            ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"] + request)
        try Data("subjectAltName=DNS:localhost\n".utf8).write(to: folder.appending(path: "names"))
        let signing = ["-CA", path("ca.crt"), "-CAkey", path("ca.key"), "-CAcreateserial", "-extfile", path("names")]
        try Self.run(
            "/usr/bin/openssl",
            ["x509", "-req", "-in", path("broker.csr"), "-out", path("broker.crt"), "-days", "2"] + signing)
    }

    private static func run(_ program: String, _ arguments: String...) throws { try run(program, arguments) }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }

    private static func withSocket<Result>(_ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>) -> Result) -> Result
    {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(descriptor, $0) }
        }
    }

    private static func listens(_ port: UInt16) -> Bool {
        withSocket(port) { connect($0, $1, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }

    static func freePort() throws -> UInt16 {
        let port = withSocket(0) { descriptor, name -> UInt16? in
            guard bind(descriptor, name, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 else { return nil }
            var bound = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let result = withUnsafeMutablePointer(to: &bound) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            return result == 0 ? UInt16(bigEndian: bound.sin_port) : nil
        }
        guard let port else { throw CocoaError(.featureUnsupported) }
        return port
    }
}

/// A client's connection, listened to event by event.
final class BrokerEar {
    let port: any MQTTPort
    private var waiting: [MQTTEvent] = []

    init(_ port: any MQTTPort) { self.port = port }

    /// Waits until something in particular is heard; what comes before it goes by, what comes after it waits.
    func hear<Heard>(seconds: Double = 20, _ wanted: (MQTTEvent) -> Heard?) -> Heard? {
        for _ in 0..<Int(seconds * 100) {
            waiting += port.take()
            while !waiting.isEmpty { if let heard = wanted(waiting.removeFirst()) { return heard } }
            usleep(10_000)
        }
        return nil
    }

    var isConnected: Bool { hear { if case .connected = $0 { true } else { nil } } != nil }
    var message: BrokerMessage? { hear { if case .message(let message) = $0 { message } else { nil } } }
    var failure: PortError? {
        hear { event -> PortError? in if case .disconnected(let error) = event { error } else { nil } }
    }
}
