package import BuildingMap
import RobotModel

/// A door's leaves and what moves them.
package final class DoorBody {
    /// A safety edge stops a leaf this far before it touches, metres.
    private static let edge = 0.03

    package let door: Door
    /// What the relay box sees of it; nil for a door that nobody wired, which then stands open.
    package let plant: DoorPlant?
    private let timings: FacilityTimings
    private let isAutomatic: Bool
    /// 0 shut ... 1 open.
    package private(set) var opening: Double
    /// Faults: the motor does not move; sessions are ignored.
    package var isStuck = false
    package var closesEarly = false
    /// It is switched off: it stays as it is.
    package var isOffline = false
    /// Seconds that the door still stays open after the last reason to.
    private var hold = 0.0

    package init(_ door: Door, plant: DoorPlant?, timings: FacilityTimings) {
        self.door = door
        self.plant = plant
        self.timings = timings
        isAutomatic = timings.automaticDoors.contains(door.id)
        opening = plant == nil ? 1 : 0
    }

    /// The leaves at an opening, in the building's frame.
    package func leaves(at opening: Double) -> [Edge] {
        func leaf(_ a: Point2D, _ b: Point2D) -> Edge { Edge(a, b, isGlass: door.isGlass, kind: .door) }
        func swung(_ hinge: Point2D, _ end: Point2D, by angle: Double) -> Edge {
            leaf(hinge, Pose2D(hinge, yaw: angle).transform(end - hinge))
        }
        let middle = (door.a + door.b) * 0.5
        switch door.kind {
        case .sliding, .unknown:
            return opening >= 1 ? [] : [leaf(door.a, door.a + (door.b - door.a) * (1 - opening))]
        case .doubleSliding:
            if opening >= 1 { return [] }
            return [
                leaf(door.a, door.a + (middle - door.a) * (1 - opening)),
                leaf(door.b, door.b + (middle - door.b) * (1 - opening)),
            ]
        case .hinged: return [swung(door.a, door.b, by: opening * .pi / 2)]
        case .doubleHinged:
            return [swung(door.a, middle, by: opening * .pi / 2), swung(door.b, middle, by: -opening * .pi / 2)]
        }
    }

    /// Lets time pass and says whether a leaf has moved.
    ///
    /// - Parameters:
    ///   - radar: A person is near enough for an automatic door's own radar.
    ///   - isOccupied: Somebody or the robot is between the posts (asked for only while the door may shut).
    ///   - gap: Metres between leaves and the nearest of robot and people; infinite when nobody is near.
    package func step(
        _ dt: Double, radar: () -> Bool, isOccupied: () -> Bool, gap: ([Edge]) -> Double
    ) -> Bool {
        guard let plant else { return false }
        if isOffline {
            plant.mode = .offline
            return false
        }
        var wantsOpen = plant.session != 0 && !closesEarly
        if !wantsOpen && isAutomatic { wantsOpen = radar() }
        if !wantsOpen && opening > 0 { wantsOpen = isOccupied() }
        if closesEarly { hold = 0 } else { hold = wantsOpen ? timings.doorHold : max(0, hold - dt) }
        let target = wantsOpen || hold > 0 ? 1.0 : 0.0
        var moved = false
        if !isStuck && opening != target {
            let step = dt / timings.doorTime
            let next = opening < target ? min(target, opening + step) : max(target, opening - step)
            // Pressed against somebody it stays, but it may swing off them.
            let room = gap(leaves(at: next))
            if room >= Self.edge || room > gap(leaves(at: opening)) {
                opening = next
                moved = true
            }
        }
        plant.opening = opening
        plant.mode = opening >= 1 ? .open : (opening <= 0 ? .closed : .moving)
        return moved
    }
}
