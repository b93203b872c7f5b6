import BuildingMap
import Foundation
import RobotModel
import RoutePlanning

/// The pairs of vertices between which a graph is asked for routes.
struct RouteQuestions {
    let building: Building
    let pairs: [(from: RouteTrace.Vertex, to: RouteTrace.Vertex)]

    var nodes: Int { building.levels.reduce(0) { $0 + $1.vertices.count } }
    var lanes: Int { building.levels.reduce(0) { $0 + $1.lanes.count } }

    /// Every place to every place on another level; where there is one level only, on that.
    init(building: Building) {
        self.building = building
        var all: [(RouteTrace.Vertex, RouteTrace.Vertex)] = []
        for (a, from) in building.places {
            for (b, to) in building.places where a.id != b.id && (from != to || building.levels.count == 1) {
                all.append(
                    (
                        RouteTrace.Vertex(level: from, index: a.vertex), RouteTrace.Vertex(level: to, index: b.vertex)
                    ))
            }
        }
        pairs = all
    }

    /// Between vertices of a building with one level.
    init(building: Building, pairs: [(from: Int, to: Int)]) {
        self.building = building
        let level = building.levels[0].id
        self.pairs = pairs.map {
            (RouteTrace.Vertex(level: level, index: $0.from), RouteTrace.Vertex(level: level, index: $0.to))
        }
    }

    func ask(_ number: Int, _ planner: RoutePlanner, _ workspace: inout RouteWorkspace) -> RouteTrace? {
        planner.trace(from: pairs[number].from, to: pairs[number].to, in: &workspace)
    }

    /// Asks for the robot's own route between two places, from `start`, with something on the way closed: what is done when
    /// a door turns out to be locked, a lift to be out of service, or a lane to be blocked.
    func replan(
        from start: (place: Place, level: LevelID), to goal: PlaceID, avoiding closures: RouteClosures,
        _ planner: RoutePlanner, _ workspace: inout RouteWorkspace
    ) -> Route? {
        try? planner.route(
            from: Pose2D(start.place.position, yaw: 0), on: start.level, to: goal,
            under: RouteConditions(closures: closures), in: &workspace)
    }

    /// Every place to every place, with the first door or lift of the usual route closed.
    func replannings(
        _ planner: RoutePlanner
    ) -> [(start: (place: Place, level: LevelID), goal: PlaceID, closures: RouteClosures)] {
        var workspace = RouteWorkspace()
        var all: [((place: Place, level: LevelID), PlaceID, RouteClosures)] = []
        for start in building.places {
            for (goal, _) in building.places where goal.id != start.place.id {
                let usual = replan(from: start, to: goal.id, avoiding: .none, planner, &workspace)
                for step in usual?.steps ?? [] {
                    switch step {
                    case .door(let step): all.append((start, goal.id, RouteClosures(doors: [step.door])))
                    case .lift(let step): all.append((start, goal.id, RouteClosures(lifts: [step.lift])))
                    case .drive: break
                    }
                }
            }
        }
        return all
    }

    /// The first question under a name that a profiler finds (`scripts/bench routes`).
    @inline(never)
    func askOnce(_ planner: RoutePlanner, _ workspace: inout RouteWorkspace) -> RouteTrace? {
        ask(0, planner, &workspace)
    }

    /// Writes "from to" by the vertices' numbers through all levels, a line each.
    func writePairs(to path: String) throws {
        let first = firstNumbers
        let lines = pairs.map { pair in
            "\((first[pair.from.level] ?? 0) + pair.from.index) \((first[pair.to.level] ?? 0) + pair.to.index)"
        }
        try write(lines, to: path)
    }

    /// Writes "from to metres", a line for each lane and each ride; rides are a millimetre.
    func writeLanes(to path: String) throws {
        let first = firstNumbers
        var lines: [String] = []
        var cabins: [LiftID: [Int]] = [:]
        for level in building.levels {
            let offset = first[level.id] ?? 0
            for lane in level.lanes {
                lines.append("\(offset + lane.from) \(offset + lane.to) \(level.segment(of: lane).length)")
            }
            for (index, vertex) in level.vertices.enumerated() {
                if let lift = vertex.lift { cabins[lift, default: []].append(offset + index) }
            }
        }
        for nodes in cabins.values {
            for a in nodes { for b in nodes where a != b { lines.append("\(a) \(b) 0.001") } }
        }
        try write(lines, to: path)
    }

    /// The number of each level's first vertex.
    private var firstNumbers: [LevelID: Int] {
        var first: [LevelID: Int] = [:]
        var count = 0
        for id in building.levelOrder {
            first[id] = count
            count += building.level(id)?.vertices.count ?? 0
        }
        return first
    }

    private func write(_ lines: [String], to path: String) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
    }
}
