import DeviceIO
import RobotModel
import Testing

@Suite("A broker in memory")
struct MemoryBrokerTests {
    private let broker = MemoryBroker()

    private func settings(_ name: String, _ topics: String..., will: BrokerMessage? = nil) -> MQTTSettings {
        MQTTSettings(host: "memory", port: 1883, clientID: name, topics: topics, will: will)
    }

    private func message(_ topic: String, _ text: String = "x", isRetained: Bool = false) -> BrokerMessage {
        BrokerMessage(topic: topic, payload: Array(text.utf8), isRetained: isRetained)
    }

    @Test("a message reaches who subscribed to its topic, and nobody else")
    func delivers() {
        let lift = broker.open(settings("lift", "lifts/+/requests"))
        let door = broker.open(settings("door", "doors/#"))
        _ = lift.take()
        _ = door.take()
        #expect(broker.open(settings("robot")).publish(message("lifts/a/requests")))
        #expect(lift.take() == [.message(message("lifts/a/requests"))])
        #expect(door.take().isEmpty)
    }

    @Test("what is retained comes to who subscribes later, marked as old; a fresh one is not marked")
    func retained() {
        let robot = broker.open(settings("robot"))
        let present = broker.open(settings("present", "state"))
        _ = present.take()
        robot.publish(message("state", "on", isRetained: true))
        #expect(present.take() == [.message(message("state", "on"))])
        let late = broker.open(settings("late", "state"))
        #expect(late.take() == [.connected, .message(message("state", "on", isRetained: true))])
        robot.publish(message("state", "", isRetained: true))
        #expect(broker.open(settings("later", "state")).take() == [.connected])
    }

    @Test("while the broker is away nothing is taken, and everybody is told when it goes and comes")
    func outage() {
        let robot = broker.open(settings("robot", "a"))
        #expect(robot.take() == [.connected])
        broker.setUp(false)
        #expect(!robot.publish(message("a")))
        broker.setUp(true)
        let told = robot.take()
        #expect(told.count == 2)
        if case .disconnected(let error)? = told.first {
            #expect(error.code == .lost)
        } else {
            Issue.record("not told")
        }
        #expect(told.last == .connected)
        #expect(robot.publish(message("a")))
    }

    @Test("a client that is gone without a word has its will said; one that closes has not")
    func will() {
        let watcher = broker.open(settings("watcher", "will"))
        _ = watcher.take()
        broker.open(settings("polite", will: message("will"))).close()
        #expect(watcher.take().isEmpty)
        _ = broker.open(settings("killed", will: message("will")))
        #expect(watcher.take() == [.message(message("will"))])
    }

    @Test("of a flood the oldest messages are kept and the others counted")
    func flood() {
        let slow = broker.open(settings("slow", "a"))
        let robot = broker.open(settings("robot"))
        for _ in 0..<1500 { robot.publish(message("a")) }
        #expect(slow.take().count == 1000)
        #expect(slow.lostMessages == 501)
    }

    @Test(
        "topic filters match as MQTT 3.1.1, section 4.7, says",
        arguments: [
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true), ("sport/#", "sport", true),
            ("#", "a/b", true), ("sport/+", "sport/tennis", true), ("sport/+", "sport", false),
            ("sport/+", "sport/", true), ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
            ("a/b", "a/b/c", false),
        ])
    func filters(filter: String, topic: String, matches: Bool) {
        #expect(MQTTTopic.matches(filter, topic) == matches)
    }
}
