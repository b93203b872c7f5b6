public import DeviceIO
public import RobotModel
import Synchronization

/// The building's MQTT broker as a device of the board: its connection, its health, and the messages both ways.
///
/// The connection makes itself anew; this keeps what it tells until the facilities ask, and says why it does not stand. On
/// `doorstep/<robot>/connection` others see, retained, whether the robot is there: `ONLINE`, `OFFLINE` after an orderly
/// end, and `CONNECTION_BROKEN` said by the broker after any other one (the words of VDA 5050).
public final class BuildingBroker: DeviceService {
    private struct State {
        var port: (any MQTTPort)?
        var status: DeviceStatus
        var isStopped = false
        var hasConnected = false
    }

    private let settings: MQTTSettings
    private let presence: String
    private let opener: any MQTTPortOpening
    private let state: Mutex<State>

    /// - Parameters:
    ///   - settings: Without a will: the robot's presence is it.
    ///   - robot: The robot's name.
    public init(slot: SlotID, settings: MQTTSettings, robot: String, opener: any MQTTPortOpening) {
        presence = "doorstep/\(robot)/connection"
        var settings = settings
        settings.will = Self.presence(presence, "CONNECTION_BROKEN")
        self.settings = settings
        self.opener = opener
        var status = DeviceStatus(slot: slot)
        status.identity = settings.address
        state = Mutex(State(status: status))
    }

    private static func presence(_ topic: String, _ word: String) -> BrokerMessage {
        BrokerMessage(topic: topic, payload: Array(#"{"state":"\#(word)"}"#.utf8), isRetained: true)
    }

    public var status: DeviceStatus {
        state.withLock { state in
            var status = state.status
            status.counters.resyncs = state.port?.lostMessages ?? 0
            return status
        }
    }

    public var pollDescriptors: [Int32] { [] }

    /// The connection has a thread of its own; this one only begins it.
    public var serviceInterval: Duration { .seconds(1) }

    public func service(at now: Instant) { state.withLock { open(&$0) } }

    /// What has happened since the last call, the oldest first.
    public func take(at now: Instant) -> [BrokerEvent] {
        state.withLock { state in
            open(&state)
            return (state.port?.take() ?? []).map { note($0, &state, at: now) }
        }
    }

    /// Publishes messages; while there is no connection they are lost, and whoever needs them says them again.
    public func send(_ messages: [BrokerMessage]) {
        state.withLock { state in
            for message in messages where state.port?.publish(message) == true {
                state.status.counters.bytesOut += message.payload.count
            }
        }
    }

    public func stop() {
        state.withLock { state in
            state.isStopped = true
            state.port?.publish(Self.presence(presence, "OFFLINE"))
            state.port?.close()
            state.port = nil
        }
    }

    private func open(_ state: inout State) {
        guard !state.isStopped, state.port == nil else { return }
        state.port = opener.open(settings)
    }

    private func note(_ event: MQTTEvent, _ state: inout State, at now: Instant) -> BrokerEvent {
        switch event {
        case .connected:
            if state.hasConnected { state.status.counters.reconnects += 1 }
            state.hasConnected = true
            state.status.phase = .running
            state.status.fault = nil
            state.status.lastGood = now
            state.port?.publish(Self.presence(presence, "ONLINE"))
            return .connected
        case .disconnected(let error):
            state.status.phase = state.hasConnected ? .recovering : .connecting
            state.status.fault = fault(error, state.status.slot)
            return .disconnected
        case .message(let message):
            state.status.counters.frames += 1
            state.status.counters.bytesIn += message.payload.count
            state.status.lastGood = now
            return .message(message)
        }
    }

    private func fault(_ error: PortError, _ slot: SlotID) -> RobotError {
        let code: RobotError.Code =
            switch error.code {
            case .noSuchDevice: .noSuchDevice
            case .noPermission: .noPermission
            case .busy: .busy
            case .lost: .lost
            case .wrongRate, .failed: .unavailable
            }
        return RobotError(
            code, "\(slot) (\(error.port)): \(error.cause)",
            hint: error.hint ?? "look at the network and the broker; the connection comes back by itself")
    }
}
