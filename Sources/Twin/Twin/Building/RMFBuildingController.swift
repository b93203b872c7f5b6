import DeviceProtocols
import RobotModel

/// The doors and lifts of a building that speak Open-RMF, with the supervisors that see to it that a lift serves one session
/// at a time and a door closes when nobody wants it open any more.
///
/// States are told every second, and at once when they change.
final class RMFBuildingController: BuildingController {
    private static let period = Duration.seconds(1)
    private static let thief = "somebody-else/1"

    private struct DoorEntry {
        var name: String
        var plant: DoorPlant
        /// Who wants it open, in the order in which they asked.
        var holders: [String] = []
        var told: RMFDoorState?
    }

    private struct LiftEntry {
        var name: String
        var body: LiftBody
        var floors: [Int: String]
        /// Empty while it serves nobody.
        var session = ""
        var told: RMFLiftState?
    }

    private let rmf: RMFTopics
    private var doors: [DoorEntry] = []
    private var lifts: [LiftEntry] = []
    private var toldAll: Instant?
    private var toldHolders: [[String]] = []

    init(topics: RMFTopics) { rmf = topics }

    var topics: [String] { [rmf.doorRequests, rmf.liftRequests] }
    var isEmpty: Bool { doors.isEmpty && lifts.isEmpty }

    func add(door name: String, _ plant: DoorPlant) { doors.append(DoorEntry(name: name, plant: plant)) }

    /// - Parameter floors: Its name of each of the car's floors.
    func add(lift name: String, _ body: LiftBody, floors: [Int: String]) {
        lifts.append(LiftEntry(name: name, body: body, floors: floors))
    }

    func hear(_ message: BrokerMessage, at now: Instant, _ milliseconds: Int64) -> [BrokerMessage] {
        // What makes no sense is left aside.
        if let request = (try? RMFDoorRequest(message, rmf)) ?? nil {
            for index in doors.indices where doors[index].name == request.door { take(request, door: index) }
        } else if let request = (try? RMFLiftRequest(message, rmf)) ?? nil {
            for index in lifts.indices where lifts[index].name == request.lift { take(request, lift: index) }
        }
        return []
    }

    private func take(_ request: RMFDoorRequest, door index: Int) {
        let plant = doors[index].plant
        if plant.isSilent || plant.isStolen { return }
        doors[index].holders.removeAll { $0 == request.requester }
        if request.opens, plant.mode != .offline { doors[index].holders.append(request.requester) }
    }

    private func take(_ request: RMFLiftRequest, lift index: Int) {
        let body = lifts[index].body
        let session = lifts[index].session
        guard !body.isMute, !body.plant.isStolen, session.isEmpty || session == request.session else { return }
        switch request.kind {
        case .endSession: endSession(index)
        case .agvMode:
            guard body.plant.mode == .agv, let floor = lifts[index].floors.first(where: { $0.value == request.floor })
            else { return }
            lifts[index].session = request.session
            body.plant.session = 1
            body.plant.destination = floor.key
            body.plant.holdDoor = request.isDoorOpen
        case .humanMode: break
        }
    }

    private func endSession(_ index: Int) {
        lifts[index].session = ""
        lifts[index].body.plant.session = 0
        lifts[index].body.plant.holdDoor = false
    }

    func step(at now: Instant, _ milliseconds: Int64) -> [BrokerMessage] {
        let isDue = toldAll.map { now - $0 >= Self.period } ?? true
        if isDue { toldAll = now }
        var messages: [BrokerMessage] = []
        for index in doors.indices { messages += step(door: index, isDue, milliseconds) }
        for index in lifts.indices { messages += step(lift: index, isDue, milliseconds) }
        let holders = doors.map(\.holders)
        let speaking = doors.filter { !$0.plant.isSilent }
        if !speaking.isEmpty, isDue || holders != toldHolders {
            toldHolders = holders
            let all = speaking.map { RMFDoorHeartbeat.Door(name: $0.name, holders: $0.holders) }
            messages.insert(RMFDoorHeartbeat(doors: all).message(rmf, at: milliseconds), at: 0)
        }
        return messages
    }

    private func step(door index: Int, _ isDue: Bool, _ milliseconds: Int64) -> [BrokerMessage] {
        let plant = doors[index].plant
        if plant.isStolen {
            doors[index].holders = [Self.thief]
        } else {
            doors[index].holders.removeAll { $0 == Self.thief }
        }
        plant.session = doors[index].holders.isEmpty ? 0 : 1
        let state = RMFDoorState(door: doors[index].name, mode: plant.mode)
        guard !plant.isSilent, isDue || state != doors[index].told else { return [] }
        doors[index].told = state
        return [state.message(rmf, at: milliseconds)]
    }

    private func step(lift index: Int, _ isDue: Bool, _ milliseconds: Int64) -> [BrokerMessage] {
        let body = lifts[index].body
        let plant = body.plant
        if plant.isStolen {
            lifts[index].session = Self.thief
            plant.holdDoor = false
        } else if lifts[index].session == Self.thief || body.isPowerless {
            endSession(index)
        }
        let floors = lifts[index].floors
        let state = RMFLiftState(
            lift: lifts[index].name, floors: body.floors.compactMap { floors[$0.number] },
            floor: floors[plant.floor] ?? "", destination: floors[plant.destination] ?? "", door: plant.door,
            motion: plant.motion, mode: plant.mode, session: lifts[index].session)
        guard !body.isMuteForStates, isDue || state != lifts[index].told else { return [] }
        lifts[index].told = state
        return [state.message(rmf, at: milliseconds)]
    }
}
