import DeviceIO
import RobotModel
import Testing

/// The port against a real broker that the test starts.
@Suite(
    "MQTT over the network",
    .enabled(if: TestBroker.isInstalled, "mosquitto, mosquitto_passwd or openssl is not installed"), .serialized)
struct MosquittoPortTests {
    private let ports = SystemMQTTPorts()

    private func message(_ topic: String, _ text: String = "x", isRetained: Bool = false) -> BrokerMessage {
        BrokerMessage(topic: topic, payload: Array(text.utf8), isRetained: isRetained)
    }

    private func open(_ settings: MQTTSettings) -> BrokerEar { BrokerEar(ports.open(settings)) }

    private func failure(_ settings: MQTTSettings) -> PortError? {
        let ear = open(settings)
        defer { ear.port.close() }
        return ear.failure
    }

    @Test("messages pass from client to client, any bytes of them")
    func passes() throws {
        let broker = try TestBroker()
        let lift = open(broker.settings("lift", "lift/+"))
        let robot = open(broker.settings("robot"))
        try #require(lift.isConnected && robot.isConnected)
        for length in [0, 1, 1000, 60_000] {
            let sent = BrokerMessage(topic: "lift/1", payload: (0..<length).map { UInt8(truncatingIfNeeded: $0) })
            #expect(robot.port.publish(sent))
            #expect(lift.message == sent)
        }
        lift.port.close()
        robot.port.close()
    }

    @Test("many small messages in one go all arrive, in their order")
    func burst() throws {
        let broker = try TestBroker(.guarded)
        let lift = open(broker.settings("lift", "a"))
        let robot = open(broker.settings("robot"))
        try #require(lift.isConnected && robot.isConnected)
        for index in 0..<150 { #expect(robot.port.publish(message("a", "\(index)"))) }
        for index in 0..<150 { #expect(lift.message == message("a", "\(index)")) }
    }

    @Test("with TLS and a password from a file a client gets in, and its messages pass")
    func guarded() throws {
        let broker = try TestBroker(.guarded)
        let lift = open(broker.settings("lift", "a"))
        let robot = open(broker.settings("robot"))
        try #require(lift.isConnected && robot.isConnected)
        robot.port.publish(message("a", "hello"))
        #expect(lift.message == message("a", "hello"))
    }

    @Test("each thing that keeps a client out is told with its cause and what to do, and no password")
    func refusals() throws {
        let broker = try TestBroker(.guarded)
        var settings = broker.settings("robot")
        settings.passwordFile = broker.path("wrong-password")
        let password = try #require(failure(settings))
        #expect(password.code == .noPermission)
        #expect(password.cause == "the broker refuses user 'robot'")
        #expect(!"\(password) \(password.hint ?? "")".contains("wrong\n"))

        settings = broker.settings("robot")
        settings.passwordFile = broker.path("no-such-file")
        let missing = try #require(failure(settings))
        #expect(missing.cause.hasPrefix("cannot read the password file"))

        settings = broker.settings("robot")
        settings.tls = MQTTSettings.TLS(authorityFile: broker.path("other.crt"))
        let authority = try #require(failure(settings))
        #expect(authority.code == .noPermission)
        #expect(authority.cause == "no trust in the connection (TLS): certificate verify failed")
        #expect(authority.hint?.contains("tls.ca") == true)

        settings = broker.settings("robot")
        settings.host = "127.0.0.1"
        let name = try #require(failure(settings))
        #expect(name.cause.hasPrefix("no trust in the connection (TLS)"))

        settings = broker.settings("robot")
        settings.tls = nil
        let plain = try #require(failure(settings))
        #expect(plain.hint == "does the broker want TLS on this port?")
    }

    @Test("a name that does not exist, and a port that nobody listens on, are told apart")
    func unreachable() throws {
        let nowhere = MQTTSettings(host: "no-such-broker.invalid", port: 1883, clientID: "robot")
        #expect(failure(nowhere)?.cause == "no such host")
        let nobody = MQTTSettings(host: "127.0.0.1", port: try TestBroker.freePort(), clientID: "robot")
        let error = try #require(failure(nobody))
        #expect(error.code == .noSuchDevice)
        #expect(error.cause == "the machine is there, but nobody listens")
    }

    @Test("a broker that speaks TLS is told from one that does not")
    func wrongSide() throws {
        let broker = try TestBroker()
        var settings = broker.settings("robot")
        settings.tls = MQTTSettings.TLS()
        let error = try #require(failure(settings))
        #expect(error.code == .noPermission, "\(error)")
        #expect(error.hint != nil)
    }

    @Test("a topic that cannot be subscribed to is told, and nobody takes the connection for a good one")
    func badTopic() throws {
        let broker = try TestBroker()
        let error = try #require(failure(broker.settings("robot", "a", "b/#/c")))
        #expect(error.cause == "'b/#/c' is no topic that can be subscribed to")
        #expect(error.hint?.contains("board file") == true)
    }

    @Test("a broker that lets us in and never confirms a topic is told apart from one that works")
    func unconfirmed() throws {
        let broker = try MuteBroker()
        var settings = MQTTSettings(host: "127.0.0.1", port: broker.port, clientID: "robot", topics: ["a", "b"])
        settings.patience = .milliseconds(300)
        let ear = open(settings)
        defer { ear.port.close() }
        var events: [MQTTEvent] = []
        _ = ear.hear { event -> Bool? in
            events.append(event)
            if case .disconnected = event { return true } else { return nil }
        }
        try #require(events.count == 1)
        guard case .disconnected(let error) = events[0] else { return }
        #expect(error.cause == "the broker does not answer that we want to hear 'a', 'b'")
        #expect(error.hint != nil)
    }

    @Test("a broker that was stopped and started again is found again, and subscriptions hold")
    func reconnects() throws {
        let broker = try TestBroker()
        let robot = open(broker.settings("robot", "a"))
        try #require(robot.isConnected)
        broker.stop()
        #expect(robot.failure?.code == .lost)
        #expect(!robot.port.publish(message("a")))
        try broker.start()
        try #require(robot.isConnected)
        let lift = open(broker.settings("lift"))
        try #require(lift.isConnected)
        lift.port.publish(message("a", "again"))
        #expect(robot.message == message("a", "again"))
    }

    @Test("a client that ends without a word has its will said, retained; one that closes has not")
    func will() throws {
        let broker = try TestBroker()
        var settings = broker.settings("robot")
        settings.will = message("state/robot", "gone", isRetained: true)
        let polite = open(settings)
        try #require(polite.isConnected)
        polite.port.publish(message("state/robot", "here", isRetained: true))
        let watcher = open(broker.settings("watcher", "state/#"))
        #expect(watcher.message?.payload == Array("here".utf8))
        // Whoever comes with the same name has the older connection cut off.
        let second = open(settings)
        try #require(second.isConnected)
        #expect(watcher.message?.payload == Array("gone".utf8))
        polite.port.close()
        second.port.close()
        #expect(watcher.hear(seconds: 0.5, { if case .message = $0 { true } else { nil } }) == nil)
    }
}
