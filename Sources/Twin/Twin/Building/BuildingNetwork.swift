import BoardFile
import DeviceIO
import DeviceProtocols
import RobotModel

/// The building's side of its broker: the controllers of all doors and lifts that are reached over it, as one client.
final class BuildingNetwork {
    /// The twin's civil time at its clock's zero, milliseconds since 1970: a label in messages.
    private static let wallAtZero: Int64 = 1_795_262_400_000

    private let settings: MQTTSettings
    private let opener: any MQTTPortOpening
    private let controllers: [any BuildingController]
    private var port: (any MQTTPort)?
    /// Whether the cable between the building and its broker is in.
    var isPlugged = true

    /// Nil where the board reaches nothing over a broker.
    init?(_ board: Board, _ world: World, _ opener: any MQTTPortOpening) {
        guard let slot = board.buildingBroker else { return nil }
        var controllers: [any BuildingController] = []
        let topics = RMFTopics(prefix: slot.rmfPrefix)
        let rmf = RMFBuildingController(topics: topics)
        for id in slot.doors.keys.sorted() {
            if let door = slot.doors[id], let plant = world.doors[id]?.plant { rmf.add(door: door.name, plant) }
        }
        for id in slot.lifts.keys.sorted() {
            guard let lift = slot.lifts[id], let body = world.lifts[id] else { continue }
            var floors: [Int: String] = [:]
            for floor in body.floors { floors[floor.number] = lift.floors[floor.level] }
            switch lift.link {
            case .rmf(let name): rmf.add(lift: name, body, floors: floors)
            case .rfa(let building, let bank, let elevator, _):
                let address = RFAAddress(building: building, bank: bank, elevator: elevator, robot: "")
                controllers.append(
                    RFALiftController(address: address, body: body, floors: floors.mapValues { RFAFloor($0) }))
            }
        }
        if !rmf.isEmpty { controllers.append(rmf) }
        self.controllers = controllers
        self.opener = opener
        settings = MQTTSettings(
            host: slot.host, port: slot.port, clientID: slot.clientID + "-building",
            tls: slot.tls.map {
                MQTTSettings.TLS(
                    authorityFile: $0.authorityFile, certificateFile: $0.certificateFile, keyFile: $0.keyFile)
            }, username: slot.username, passwordFile: slot.passwordFile, topics: controllers.flatMap(\.topics))
    }

    /// Takes what has been said to the building and lets its controllers answer.
    func advance(to now: Instant) {
        guard isPlugged else {
            port?.close()
            port = nil
            return
        }
        let port = port ?? opener.open(settings)
        self.port = port
        let milliseconds = Self.wallAtZero + now.nanoseconds / 1_000_000
        for event in port.take() {
            guard case .message(let message) = event, !message.isRetained else { continue }
            for controller in controllers {
                for answer in controller.hear(message, at: now, milliseconds) { port.publish(answer) }
            }
        }
        for controller in controllers {
            for message in controller.step(at: now, milliseconds) { port.publish(message) }
        }
    }
}

/// What answers for a door or a lift of the building.
protocol BuildingController: AnyObject {
    /// What it subscribes to.
    var topics: [String] { get }
    /// Takes a message and says what it answers.
    func hear(_ message: BrokerMessage, at now: Instant, _ milliseconds: Int64) -> [BrokerMessage]
    /// Lets time pass and says what it has to tell by itself.
    func step(at now: Instant, _ milliseconds: Int64) -> [BrokerMessage]
}
