import BuildingMap
import RobotModel

/// A run with the doors and car doors on it: where the robot holds before each, and where it is clear of it.
struct RouteLayout {
    /// An opening on a run; distances along the run in metres.
    struct Passage {
        enum Kind {
            /// Out of a car, at the run's beginning.
            case exit
            case door(Door)
            /// Into a car, at the run's end.
            case boarding
        }

        let kind: Kind
        let plane: Double
        var hold: Double
        var clear: Double
        let posts: [Point2D]

        init(_ kind: Kind, plane: Double, room: Double, posts: [Point2D]) {
            self.kind = kind
            self.plane = plane
            hold = plane - room
            clear = plane + room
            self.posts = posts
        }
    }

    let run: RouteRun
    private var passages: [Passage] = []

    init(_ run: RouteRun, in building: Building, from: RouteCar?, to: RouteCar?, isFirst: Bool) {
        self.run = run
        let level = building.levels[run.level].id
        if let from { passages.append(carPassage(.exit, building.lifts[from.lift]?.doors[level] ?? [])) }
        if isFirst && from == nil {
            // The robot may stand in a doorway that its way does not cross any more: it must still be held open.
            for door in building.doors(on: level) where !run.doors.contains(door.id) {
                let distance = door.segment.distance(to: run.points[0])
                let share = door.segment.share(nearest: run.points[0])
                guard distance < RouteClearance.doorway, share > 0, share < 1 else { continue }
                passages.append(doorPassage(door, plane: -distance))
            }
        }
        passages += run.doors.compactMap { building.doors[$0] }
            .map { doorPassage($0, plane: run.crossing($0.segment)) }.sorted { $0.plane < $1.plane }
        if let to { passages.append(carPassage(.boarding, building.lifts[to.lift]?.doors[level] ?? [])) }
        // Openings that are close to each other share the room between them.
        for index in passages.indices {
            let plane = passages[index].plane
            let before = index > 0 ? (passages[index - 1].plane + plane) / 2 : 0
            let after = index + 1 < passages.count ? (plane + passages[index + 1].plane) / 2 : run.length
            passages[index].hold = max(passages[index].hold, before, 0)
            passages[index].clear = max(min(passages[index].clear, after), 0)
        }
    }

    var exit: Passage? { passages.first.flatMap { if case .exit = $0.kind { $0 } else { nil } } }
    var boarding: Passage? { passages.last.flatMap { if case .boarding = $0.kind { $0 } else { nil } } }
    var doors: [Passage] { passages.filter { if case .door = $0.kind { true } else { false } } }

    private func doorPassage(_ door: Door, plane: Double) -> Passage {
        let room = RouteClearance.of(door) * run.slant(at: max(plane, 0), of: door.segment)
        return Passage(.door(door), plane: plane, room: room, posts: [door.a, door.b])
    }

    /// The car's door that the run passes: of several, the one whose middle is nearest to the run.
    private func carPassage(_ kind: Passage.Kind, _ doors: [LiftDoor]) -> Passage {
        let isExit = if case .exit = kind { true } else { false }
        let passed = doors.map { ($0, run.crossing($0.segment, last: !isExit)) }
        let nearest = passed.min { a, b in
            run.point(at: a.1).distance(to: a.0.segment.middle) < run.point(at: b.1).distance(to: b.0.segment.middle)
        }
        guard let (door, plane) = nearest else {
            // A lane into a car without a door on the level: the importer refuses it.
            return Passage(kind, plane: isExit ? 0 : run.length, room: RouteClearance.lift, posts: [])
        }
        return Passage(kind, plane: plane, room: RouteClearance.lift, posts: [door.a, door.b])
    }
}
