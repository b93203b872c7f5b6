internal import RobotModel

/// What a travelling robot keeps away from because it failed: each thing for a while, then it is tried again.
struct Avoidances: Sendable {
    /// Whoever repairs a door or clears a way needs a moment; a robot that waits longer than this wastes its own.
    private static let time = Duration.seconds(300)

    private var facilitiesUntil: [Facility: Instant] = [:]
    private var spotsUntil: [BlockedSpot: Instant] = [:]

    var isEmpty: Bool { facilitiesUntil.isEmpty && spotsUntil.isEmpty }
    var facilities: Set<Facility> { Set(facilitiesUntil.keys) }

    mutating func add(_ facility: Facility, at now: Instant) { facilitiesUntil[facility] = now + Self.time }

    mutating func add(_ spot: BlockedSpot, at now: Instant) { spotsUntil[spot] = now + Self.time }

    /// The question for a way that keeps away from all that is not forgotten at a moment.
    mutating func request(to place: PlaceID, at now: Instant) -> RouteRequest {
        facilitiesUntil = facilitiesUntil.filter { $0.value > now }
        spotsUntil = spotsUntil.filter { $0.value > now }
        var request = RouteRequest(to: place)
        for facility in facilitiesUntil.keys {
            switch facility {
            case .door(let id): request.avoidingDoors.insert(id)
            case .lift(let id): request.avoidingLifts.insert(id)
            }
        }
        request.avoidingSpots = spotsUntil.keys.sorted {
            ($0.position.x, $0.position.y) < ($1.position.x, $1.position.y)
        }
        return request
    }
}

extension Facility {
    /// Whether it says itself, now, that it serves nobody. One that says nothing may work as ever.
    func isOutOfService(_ view: WorldView) -> Bool {
        switch self {
        case .door(let id):
            guard let door = view.doors[id], view.now - door.reported <= Self.news else { return false }
            return door.mode == .offline
        case .lift(let id):
            guard let lift = view.lifts[id], view.now - lift.reported <= Self.news else { return false }
            return lift.mode == .fire || lift.mode == .emergency || lift.mode == .offline
        }
    }

    /// A report that is older says nothing.
    private static let news = Duration.seconds(2)
}
