import Control
import Foundation
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ControlSocketTests {
    /// A daemon that says what it was asked.
    struct Echo: ControlHandling {
        func answer(_ request: ControlRequest) async -> ControlResponse {
            switch request {
            case .status: .status(RobotStatus(robot: "dory", version: "0.1.0"))
            case .log(let lines): .lines((0..<lines).map { "line \($0) of \"many\" – größer" })
            case .cancel(let id): .refused(RobotError(.unavailable, "no mission \(id)", hint: "look at the list"))
            default: .done("\(request)")
            }
        }
    }

    /// Runs what waits on a thread of its own: the server answers on the threads that tests run on.
    private func aside<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Swift.Result { try body() }) }.start()
        }
    }

    private static func path(_ name: String) -> String { "/tmp/doorstep-\(getpid())-\(name).sock" }

    @Test("what is asked over the socket is answered over the socket, many times on one connection")
    func answers() async throws {
        let server = ControlServer(path: Self.path("answers"), handler: Echo())
        try server.start()
        defer { server.stop() }
        let requests: [ControlRequest] = [.status, .log(lines: 3000), .status, .cancel(mission: "x")]
        let responses = try await aside {
            let client = try ControlClient(path: Self.path("answers"))
            return try requests.map { try client.ask($0) }
        }
        guard case .status(let status) = responses[2], case .lines(let lines) = responses[1],
            case .refused(let error) = responses[3]
        else {
            Issue.record("other answers than were asked for")
            return
        }
        #expect(status.robot == "dory")
        #expect(lines.count == 3000)
        #expect(error.hint == "look at the list")
    }

    @Test(
        "every request survives its way over the socket",
        arguments: [
            ControlRequest.submit(name: "a.yaml", text: "id: \"x\"\n\u{0}\n"), .pause, .resume, .clear, .mayRestart,
            .setPose(.place("kerb")), .setPose(.near(level: "L1", pose: Pose2D(x: -1.5, y: 2, yaw: 0.25))),
            .service(.compartment(open: true)), .service(.joint(name: "elbow", position: -0.25)),
            .service(.drive(metres: 0.1)), .service(.turn(radians: 3)), .service(.door(id: "d", open: false)),
            .service(.clearAlerts), .service(.torque(on: false)),
        ])
    func carries(request: ControlRequest) async throws {
        let name = "carries-\(UInt64.random(in: 0 ... .max))"
        let server = ControlServer(path: Self.path(name), handler: Echo())
        try server.start()
        defer { server.stop() }
        let response = try await aside { try ControlClient(path: Self.path(name)).ask(request) }
        guard case .done(let words) = response else {
            Issue.record("not done")
            return
        }
        #expect(words == "\(request)")
    }

    @Test("a socket that nobody listens on is an error that says what to do")
    func saysNobodyIsThere() {
        #expect {
            try ControlClient(path: Self.path("nobody"))
        } throws: {
            ($0 as? RobotError)?.hint?.contains("is doorstepd running?") == true
        }
    }

    @Test("after a stop nobody is served, and the path is free")
    func stops() async throws {
        let server = ControlServer(path: Self.path("stops"), handler: Echo())
        try server.start()
        let hasHungUp = try await aside {
            let client = try ControlClient(path: Self.path("stops"))
            _ = try client.ask(.status)
            server.stop()
            return (try? client.ask(.status)) == nil
        }
        #expect(hasHungUp)
        #expect(throws: RobotError.self) { try ControlClient(path: Self.path("stops")) }
        #expect(access(Self.path("stops"), F_OK) != 0)
    }

    @Test("a second daemon does not take the socket away, and one that is left over is replaced")
    func doesNotTakeOver() throws {
        let first = ControlServer(path: Self.path("two"), handler: Echo())
        try first.start()
        #expect(throws: RobotError.self) { try ControlServer(path: Self.path("two"), handler: Echo()).start() }
        first.stop()
        // What a killed daemon leaves behind: a path that nobody listens on.
        let descriptor = open(Self.path("two"), O_CREAT | O_WRONLY, 0o600)
        close(descriptor)
        let next = ControlServer(path: Self.path("two"), handler: Echo())
        try next.start()
        next.stop()
    }

    @Test("who connects and asks nothing keeps nobody out: a newcomer takes the place of who was idle for longest")
    func makesRoom() async throws {
        let server = ControlServer(path: Self.path("room"), handler: Echo(), limit: 3)
        try server.start()
        defer { server.stop() }
        let (lasts, first, newcomers) = try await aside {
            let idle = try (0..<3).map { _ in try ControlClient(path: Self.path("room")) }
            for client in idle { _ = try client.ask(.status) }
            var newcomers = 0
            for _ in 0..<2 {
                if case .status = try ControlClient(path: Self.path("room")).ask(.status) { newcomers += 1 }
            }
            return ((try? idle[2].ask(.status)) != nil, (try? idle[0].ask(.status)) != nil, newcomers)
        }
        #expect(newcomers == 2)
        #expect(!first)
        #expect(lasts)
    }

    @Test("who asks nothing for long is hung up on, and so is who never ends a request")
    func losesPatience() async throws {
        let server = ControlServer(path: Self.path("idle"), handler: Echo(), patience: .milliseconds(100))
        try server.start()
        defer { server.stop() }
        for text in ["", "{\"status\":"] {
            let ends = try await aside {
                let descriptor = try Self.connect("idle")
                defer { close(descriptor) }
                _ = send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                var byte: UInt8 = 0
                // Waits for the hang-up, however long that takes.
                return recv(descriptor, &byte, 1, 0)
            }
            #expect(ends == 0)
        }
        #expect(try await aside { (try? ControlClient(path: Self.path("idle")).ask(.status)) != nil })
    }

    /// A connection that does what no client does.
    private static func connect(_ name: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Self.path(name).utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        return try #require(result == 0 ? descriptor : nil)
    }

    @Test("when everybody is being answered, a newcomer is told so")
    func isFull() async throws {
        let gate = Gate()
        let server = ControlServer(path: Self.path("full"), handler: gate, limit: 1)
        try server.start()
        defer { server.stop() }
        async let first = aside { try ControlClient(path: Self.path("full")).ask(.pause) }
        await gate.waitUntilAsked()
        let second = try? await aside { try ControlClient(path: Self.path("full")).ask(.status) }
        // Before anything else: whatever has gone wrong, the first is waiting for its answer.
        gate.open()
        if case .refused(let error) = second {
            #expect(error.code == .busy && error.hint != nil)
        } else {
            Issue.record("not refused: \(String(describing: second))")
        }
        guard case .done = try await first else {
            Issue.record("the first was not answered")
            return
        }
    }

    /// A daemon that answers only when it is let.
    private struct Gate: ControlHandling {
        private let asked = AsyncStream<Void>.makeStream()
        private let opened = AsyncStream<Void>.makeStream()

        func answer(_ request: ControlRequest) async -> ControlResponse {
            asked.continuation.yield()
            for await _ in opened.stream { break }
            return .done("")
        }

        func waitUntilAsked() async { for await _ in asked.stream { break } }
        func open() { opened.continuation.yield() }
    }

    @Test("only owner and group may connect")
    func restricts() throws {
        let server = ControlServer(path: Self.path("mode"), handler: Echo())
        try server.start()
        defer { server.stop() }
        var status = stat()
        #expect(stat(Self.path("mode"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
    }
}
