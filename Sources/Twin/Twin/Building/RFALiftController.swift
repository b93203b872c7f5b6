import DeviceProtocols
import RobotModel

/// A lift's controller that speaks the Robot Friendly Asset interface: one robot at a time is registered, calls its car, tells
/// when it has entered and got off, and releases it.
///
/// Fire and emergency void a registration and are answered with 99; an offline or powerless controller does not answer.
final class RFALiftController: BuildingController {
    /// How long the car's door is held at first, and after each KEEP_DOOR_OPEN.
    private static let firstHold = Duration.seconds(20)
    private static let hold = Duration.seconds(10)
    /// A robot that says nothing for so long is registered no more.
    private static let forgetting = Duration.seconds(180)
    private static let thief = "somebody-else"

    private let address: RFAAddress
    private let body: LiftBody
    private let floors: [Int: RFAFloor]
    private var robot: String?
    private var hasEntered = false
    private var heard = Instant.zero
    private var heldUntil: Instant?

    /// - Parameter floors: Its name of each of the car's floors.
    init(address: RFAAddress, body: LiftBody, floors: [Int: RFAFloor]) {
        self.address = address
        self.body = body
        self.floors = floors
    }

    private var plant: LiftPlant { body.plant }
    var topics: [String] { address.requestTopics }

    func hear(_ message: BrokerMessage, at now: Instant, _ milliseconds: Int64) -> [BrokerMessage] {
        // What makes no sense is not answered.
        guard !body.isMute, let asked = (try? RFAAsked(message, to: address)) ?? nil else { return [] }
        var answer = RFAAnswer(
            asked.request.interface, result(of: asked, at: now), requested: asked.milliseconds)
        if case .elevatorStatus = asked.request, answer.result == .success {
            let floor = floors[plant.floor]
            answer.floor = floor?.name ?? "?"
            answer.open = plant.door == .open ? (floor?.side == .rear ? .rear : .front) : nil
        }
        if case .registration(true) = asked.request { answer.isDryRun = true }
        var address = address
        address.robot = asked.robot
        return [answer.message(from: address, at: milliseconds)]
    }

    private func result(of asked: RFAAsked, at now: Instant) -> RFAResult {
        guard plant.mode == .agv else {
            forget()
            return .underEmergency
        }
        if case .registration(let dryRun) = asked.request {
            guard robot == nil || robot == asked.robot else { return .fail }
            if !dryRun {
                robot = asked.robot
                heard = now
            }
            return .success
        }
        guard robot == asked.robot else { return .fail }
        heard = now
        switch asked.request {
        case .registration, .elevatorStatus: return .success
        case .callElevator(let call): return self.call(call)
        case .robotStatus(let state):
            switch state {
            case .hasEntered:
                hasEntered = true
                plant.holdDoor = false
            case .keepDoorOpen:
                heldUntil = now + Self.hold
                plant.holdDoor = true
            case .hasGotOff, .cancelToEnter, .cancelToGetOff: hasEntered = false
            }
            return .success
        case .release:
            forget()
            return .success
        }
    }

    private func call(_ call: RFACall) -> RFAResult {
        let wanted = hasEntered ? call.destination : call.origination ?? call.destination
        guard let number = floors.first(where: { $0.value.name == wanted?.name })?.key else { return .error }
        plant.session = 1
        plant.destination = number
        plant.holdDoor = true
        heldUntil = nil
        return .success
    }

    private func forget() {
        robot = nil
        hasEntered = false
        heldUntil = nil
        plant.session = 0
        plant.holdDoor = false
    }

    func step(at now: Instant, _ milliseconds: Int64) -> [BrokerMessage] {
        if plant.isStolen {
            robot = Self.thief
            hasEntered = false
            plant.holdDoor = false
        } else if robot == Self.thief || body.isPowerless {
            forget()
        }
        if robot != nil, robot != Self.thief, now - heard > Self.forgetting { forget() }
        if plant.holdDoor, plant.door == .open, plant.floor == plant.destination {
            let until = heldUntil ?? now + Self.firstHold
            heldUntil = until
            if now >= until { plant.holdDoor = false }
        }
        return []
    }
}
