import RobotModel
import Synchronization

/// A broker in memory, for a twin in the same process and for tests: the same messages, no network.
///
///     let broker = MemoryBroker()
///     let robot = broker.open(settings)
///     let lift = broker.open(otherSettings)
///
/// A message is there for everybody who subscribed as soon as it is published. With one thread it is deterministic.
public final class MemoryBroker: MQTTPortOpening {
    private struct Client {
        var settings: MQTTSettings
        var queue = MQTTQueue()
    }

    private struct State {
        var isUp = true
        var clients: [Int: Client] = [:]
        var nextClient = 0
        var retained: [String: BrokerMessage] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    public func open(_ settings: MQTTSettings) -> any MQTTPort {
        let number = state.withLock { state in
            let number = state.nextClient
            state.nextClient += 1
            state.clients[number] = Client(settings: settings)
            if state.isUp { Self.connect(number, &state) }
            return number
        }
        return MemoryMQTTPort(broker: self, number: number)
    }

    /// Takes the broker away from everybody (false), or brings it back.
    public func setUp(_ isUp: Bool) {
        state.withLock { state in
            guard state.isUp != isUp else { return }
            state.isUp = isUp
            for number in state.clients.keys.sorted() {
                if isUp {
                    Self.connect(number, &state)
                } else if let settings = state.clients[number]?.settings {
                    let error = PortError(.lost, port: settings.address, cause: "the broker went away")
                    state.clients[number]?.queue.post(.disconnected(error))
                }
            }
        }
    }

    private static func connect(_ number: Int, _ state: inout State) {
        state.clients[number]?.queue.post(.connected)
        let topics = state.clients[number]?.settings.topics ?? []
        for topic in state.retained.keys.sorted() where topics.contains(where: { MQTTTopic.matches($0, topic) }) {
            if let message = state.retained[topic] { state.clients[number]?.queue.post(.message(message)) }
        }
    }

    fileprivate func publish(_ message: BrokerMessage, from number: Int) -> Bool {
        state.withLock { state in
            guard state.isUp, state.clients[number] != nil else { return false }
            Self.distribute(message, &state)
            return true
        }
    }

    private static func distribute(_ message: BrokerMessage, _ state: inout State) {
        // An empty retained message takes the retained one away (MQTT 3.1.1, section 3.3.1.3).
        if message.isRetained { state.retained[message.topic] = message.payload.isEmpty ? nil : message }
        var delivered = message
        delivered.isRetained = false
        for number in state.clients.keys.sorted() {
            let topics = state.clients[number]?.settings.topics ?? []
            guard topics.contains(where: { MQTTTopic.matches($0, message.topic) }) else { continue }
            state.clients[number]?.queue.post(.message(delivered))
        }
    }

    fileprivate func take(_ number: Int) -> [MQTTEvent] {
        state.withLock { $0.clients[number]?.queue.take() ?? [] }
    }

    fileprivate func lostMessages(_ number: Int) -> Int {
        state.withLock { $0.clients[number]?.queue.lostMessages ?? 0 }
    }

    fileprivate func close(_ number: Int, inOrder: Bool) {
        state.withLock { state in
            guard let client = state.clients.removeValue(forKey: number) else { return }
            if !inOrder, state.isUp, let will = client.settings.will { Self.distribute(will, &state) }
        }
    }
}

/// One client's connection to a broker in memory.
private final class MemoryMQTTPort: MQTTPort {
    private let broker: MemoryBroker
    private let number: Int

    init(broker: MemoryBroker, number: Int) {
        self.broker = broker
        self.number = number
    }

    /// Let go without a word, as a process that is killed does.
    deinit { broker.close(number, inOrder: false) }

    func take() -> [MQTTEvent] { broker.take(number) }
    func publish(_ message: BrokerMessage) -> Bool { broker.publish(message, from: number) }
    var lostMessages: Int { broker.lostMessages(number) }
    func close() { broker.close(number, inOrder: true) }
}
