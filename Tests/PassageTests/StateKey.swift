import Missions
import RobotModel

/// A number for what a value holds, equal for equal states: moments count by how long ago they are, so that two states
/// that differ only in when they are reached are one.
///
/// It looks into the production types by reflection: nothing in them is made for being checked, and no field that is
/// added later can be forgotten. Left out is what no decision depends on: settings, the map, what was said and when.
struct StateKey {
    private var hasher = Hasher()
    private let now: Instant

    /// Fields that are constant through a check, or only labels.
    private static let ignored: Set<String> = [
        "settings", "building", "motion", "mutant", "lastStatus", "lastStatusTime", "lastPose", "words", "text",
        "hint", "what", "expected", "missions", "wiring", "times", "levels", "view", "actions", "commands", "check",
        "wall", "doing", "reported", "nextTime", "lastSaid",
    ]

    static func of(_ values: Any..., now: Instant) -> Int {
        var key = StateKey(now: now)
        for value in values { key.add(value) }
        return key.hasher.finalize()
    }

    private init(now: Instant) { self.now = now }

    /// Types that are hashed as they are: they hold no moments. Looking them up is much faster than looking into them.
    private static let plain: [ObjectIdentifier: @Sendable (Any, inout Hasher) -> Void] = {
        var table: [ObjectIdentifier: @Sendable (Any, inout Hasher) -> Void] = [:]
        func add<Value: Hashable & SendableMetatype>(_: Value.Type) {
            table[ObjectIdentifier(Value.self)] = { value, hasher in hasher.combine(value as! Value) }
        }
        add(Int.self)
        add(Bool.self)
        add(String.self)
        add(Double.self)
        add(UInt16.self)
        add(Duration.self)
        add(LevelID.self)
        add(LiftStep.self)
        add(DriveStep.self)
        add(Route.self)
        add(RouteRequest.self)
        add(MissionProgress.self)
        add(MissionLeg.self)
        add(Facility.self)
        add(RobotError.self)
        add(DriveGoal.self)
        add(LiftRideState.self)
        add(LiftWorld.self)
        add(DoorWorld.self)
        add(DoorStep.self)
        return table
    }()

    private mutating func add(_ value: Any) {
        if let hash = Self.plain[ObjectIdentifier(type(of: value))] {
            hash(value, &hasher)
        } else if let moment = value as? Instant {
            hasher.combine(moment == .zero ? -1 : (now - moment).nanoseconds)
        } else {
            reflect(value)
        }
    }

    private mutating func reflect(_ value: Any) {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .set, .dictionary:
            // Their order is none: the sum of the members' numbers is.
            var sum = 0
            for child in mirror.children { sum = sum &+ StateKey.of(child.value, now: now) }
            hasher.combine(sum)
        case .enum where mirror.children.isEmpty: hasher.combine("\(value)")
        default:
            hasher.combine(mirror.children.count)
            for child in mirror.children {
                if let label = child.label {
                    if Self.ignored.contains(label) { continue }
                    if mirror.displayStyle == .enum { hasher.combine(label) }
                }
                add(child.value)
            }
        }
    }
}
