import DeviceIO
import Devices
import RobotModel
import Testing

@Suite("The building's broker as a device")
struct BuildingBrokerTests {
    private let memory = MemoryBroker()
    private let now = Instant.zero + .seconds(5)

    private func makeBroker() -> BuildingBroker {
        BuildingBroker(
            slot: "building_broker",
            settings: MQTTSettings(host: "memory", port: 1883, clientID: "dory", topics: ["lifts/#"]), robot: "dory",
            opener: memory)
    }

    private func text(_ events: [MQTTEvent]) -> [String] {
        events.compactMap { event -> String? in
            if case .message(let message) = event { String(decoding: message.payload, as: UTF8.self) } else { nil }
        }
    }

    @Test("it runs once it is connected, counts what passes, and hands messages over in their order")
    func passes() {
        let broker = makeBroker()
        #expect(broker.status.phase == .connecting)
        #expect(broker.take(at: now) == [.connected])
        let building = memory.open(MQTTSettings(host: "memory", port: 1883, clientID: "tower", topics: ["requests"]))
        _ = building.take()
        let state = BrokerMessage(topic: "lifts/1", payload: [1, 2, 3])
        building.publish(state)
        broker.send([BrokerMessage(topic: "requests", payload: [4])])
        #expect(broker.take(at: now) == [.message(state)])
        #expect(building.take() == [.message(BrokerMessage(topic: "requests", payload: [4]))])
        let status = broker.status
        #expect(status.phase == .running)
        #expect(status.lastGood == now)
        #expect((status.counters.frames, status.counters.bytesIn) == (1, 3))
    }

    @Test("while the broker is away it says so and why, and comes back by itself")
    func outage() {
        let broker = makeBroker()
        _ = broker.take(at: now)
        memory.setUp(false)
        #expect(broker.take(at: now) == [.disconnected])
        #expect(broker.status.phase == .recovering)
        #expect(broker.status.fault?.code == .lost)
        #expect(broker.status.fault?.what == "building_broker (mqtt://memory:1883): the broker went away")
        #expect(broker.status.fault?.hint != nil)
        memory.setUp(true)
        #expect(broker.take(at: now) == [.connected])
        #expect(broker.status.phase == .running)
        #expect(broker.status.fault == nil)
        #expect(broker.status.counters.reconnects == 1)
    }

    @Test("others see whether the robot is there, gone in order, or gone without a word")
    func presence() {
        let topic = "doorstep/dory/connection"
        let watcher = memory.open(MQTTSettings(host: "memory", port: 1883, clientID: "watcher", topics: [topic]))
        var broker: BuildingBroker? = makeBroker()
        _ = broker?.take(at: now)
        #expect(text(watcher.take()) == [#"{"state":"ONLINE"}"#])
        broker?.stop()
        #expect(text(watcher.take()) == [#"{"state":"OFFLINE"}"#])
        broker = makeBroker()
        _ = broker?.take(at: now)
        broker = nil
        #expect(text(watcher.take()) == [#"{"state":"ONLINE"}"#, #"{"state":"CONNECTION_BROKEN"}"#])
    }
}
