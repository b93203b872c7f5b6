import BuildingMap
import CMallocCounter
import RobotModel
import Testing

@testable import RoutePlanning

#if canImport(Glibc)
    import Glibc
#endif

/// The search against an exhaustive one, and what it costs.
struct RouteSearchTests {
    /// A level with vertices thrown at random and lanes between near ones, some with a limit, some one-way.
    static func field(_ count: Int, seed: UInt64) -> Building {
        var random = SeededRandom(seed: seed)
        let points = (0..<count).map { _ in
            Point2D(Double.random(in: 0..<30, using: &random), Double.random(in: 0..<30, using: &random))
        }
        var lanes: [Lane] = []
        for a in 0..<count {
            for b in 0..<count where a != b {
                // Long enough to come to full speed: on shorter ones the search may be a second off.
                let distance = points[a].distance(to: points[b])
                guard distance > 1.2, distance < 9, Double.random(in: 0..<1, using: &random) < 0.5 else { continue }
                let limit: Double? = Double.random(in: 0..<1, using: &random) < 0.2 ? 0.4 : nil
                lanes.append(Lane(from: a, to: b, speedLimit: limit))
            }
        }
        let level = Level(id: "L1", elevation: 0, vertices: points.map { Vertex(position: $0) }, lanes: lanes)
        return Building(name: "field", levels: [level], doors: [:], lifts: [:])
    }

    /// A square grid of nodes a metre apart.
    static func grid(_ side: Int) -> Building {
        let vertices = (0..<side * side).map { Vertex(position: Point2D(Double($0 % side), Double($0 / side))) }
        var lanes: [Lane] = []
        for node in vertices.indices {
            if node % side > 0 { lanes += [Lane(from: node, to: node - 1), Lane(from: node - 1, to: node)] }
            if node >= side { lanes += [Lane(from: node, to: node - side), Lane(from: node - side, to: node)] }
        }
        let level = Level(id: "L1", elevation: 0, vertices: vertices, lanes: lanes)
        return Building(name: "grid", levels: [level], doors: [:], lifts: [:])
    }

    private func vertex(_ index: Int) -> RouteTrace.Vertex { RouteTrace.Vertex(level: "L1", index: index) }

    /// The least time by trying lanes over and over until nothing gets better (Bellman and Ford), on the states that the
    /// search has, with the robot's own formulas.
    private func exhaustive(_ building: Building, _ kinematics: RouteKinematics, from: Int, to: Int) -> Double? {
        let level = building.levels[0]
        struct State { var time: Double, run: Double, heading: Double }
        var best = [State?](repeating: nil, count: level.lanes.count)
        func step(_ before: State, _ limit: Double?, _ lane: Lane) -> State {
            let along = level.segment(of: lane)
            let course = atan2(along.b.y - along.a.y, along.b.x - along.a.x)
            let angle = abs(normalizedAngle(course - before.heading))
            var (time, run) = (before.time, before.run)
            if run == 0 || angle > kinematics.bend {
                time += kinematics.turnTime(from: before.heading, to: course)
                run = 0
            } else if limit != lane.speedLimit {
                run = 0
            }
            if run > 0 { time -= kinematics.driveTime(run, limit: lane.speedLimit) }
            run += along.length
            return State(time: time + kinematics.driveTime(run, limit: lane.speedLimit), run: run, heading: course)
        }
        for (index, lane) in level.lanes.enumerated() where lane.from == from {
            best[index] = step(State(time: 0, run: 0, heading: 0), nil, lane)
        }
        var isBetter = true
        while isBetter {
            isBetter = false
            for (index, lane) in level.lanes.enumerated() {
                guard let before = best[index] else { continue }
                for (next, other) in level.lanes.enumerated() where other.from == lane.to {
                    let reached = step(before, lane.speedLimit, other)
                    if reached.time < (best[next]?.time ?? .infinity) - 1e-9 {
                        best[next] = reached
                        isBetter = true
                    }
                }
            }
        }
        return level.lanes.indices.filter { level.lanes[$0].to == to }.compactMap { best[$0]?.time }.min()
    }

    @Test(
        "it finds the least time, with turns, stops and limits, in random fields",
        arguments: 1...12 as ClosedRange<UInt64>)
    func exact(seed: UInt64) throws {
        let building = Self.field(24, seed: seed)
        let planner = RoutePlanner(building: building)
        var workspace = RouteWorkspace()
        for goal in 1..<24 {
            let trace = planner.trace(from: vertex(0), to: vertex(goal), in: &workspace)
            let least = exhaustive(building, planner.kinematics, from: 0, to: goal)
            #expect((trace == nil) == (least == nil))
            guard let trace, let least else { continue }
            #expect(abs(trace.seconds - least) < 1e-3, "to \(goal)")
        }
    }

    @Test("the bound is never more than a lane takes", arguments: 1...5 as ClosedRange<UInt64>)
    func bound(seed: UInt64) {
        for building in [Self.field(40, seed: seed), Self.grid(5)] {
            let planner = RoutePlanner(building: building)
            let level = building.levels[0]
            for goal in level.vertices.map(\.position) {
                for lane in level.lanes {
                    let segment = level.segment(of: lane)
                    let before = planner.bound.seconds(from: segment.a, to: goal)
                    let after = planner.bound.seconds(from: segment.b, to: goal)
                    let takes = segment.length / min(planner.kinematics.speed, lane.speedLimit ?? .infinity)
                    #expect(before <= takes + after + 1e-9)
                }
            }
        }
    }

    @Test("on a grid it settles little more than the way itself")
    func gridIsStraight() throws {
        let side = 100
        let planner = RoutePlanner(building: Self.grid(side))
        var workspace = RouteWorkspace()
        let trace = try #require(planner.trace(from: vertex(0), to: vertex(side * side - 1), in: &workspace))
        #expect(trace.waypoints.count == 2 * side - 1 && trace.length == Double(2 * side - 2))
        // One turn: that is the best there is.
        let kinematics = planner.kinematics
        let leg = kinematics.driveTime(Double(side - 1))
        #expect(abs(trace.seconds - (2 * leg + kinematics.turnTime(by: .pi / 2))) < 1e-2)
        #expect(workspace.settled < 5 * side)
    }

    /// Without optimisation, every borrowed element is a call of malloc.
    private static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    @Test(
        "a warm search allocates nothing but its result",
        .enabled(if: doorstep_malloc_counter_works() && isOptimised, "malloc cannot be counted here"))
    func allocations() throws {
        let planner = RoutePlanner(building: Self.grid(60))
        var workspace = RouteWorkspace()
        func calls(to goal: Int) -> UInt64 {
            doorstep_malloc_count_begin()
            let trace = planner.trace(from: vertex(0), to: vertex(goal), in: &workspace)
            let calls = doorstep_malloc_count_end()
            #expect(trace != nil)
            return calls
        }
        _ = calls(to: 3599)
        let (short, long) = (calls(to: 61), calls(to: 3599))
        // Lists that grow by doubling: a way of 118 lanes needs some more steps than one of two.
        #expect(long < short + 24, "\(short) and \(long)")
        #expect(short < 60)
    }

    @Test("a workspace may be used for one building after another")
    func workspaces() throws {
        var workspace = RouteWorkspace()
        for side in [3, 40, 4] {
            let planner = RoutePlanner(building: Self.grid(side))
            for goal in 1..<side {
                #expect(planner.trace(from: vertex(0), to: vertex(goal), in: &workspace)?.length == Double(goal))
            }
        }
    }

    @Test("entries leave the queue by their keys, equal ones in some order")
    func queue() throws {
        var random = SeededRandom(seed: 5)
        var queue = RouteQueue()
        var keys: [UInt64] = []
        for round in 0..<500 {
            let key = UInt64.random(in: 0..<300, using: &random)
            queue.push(RouteQueue.Entry(key: key, state: UInt32(round)))
            keys.append(key)
            if round % 3 == 0 {
                let least = try #require(keys.min())
                #expect(queue.pop()?.key == least)
                keys.remove(at: try #require(keys.firstIndex(of: least)))
            }
        }
        for key in keys.sorted() { #expect(queue.pop()?.key == key) }
        #expect(queue.pop() == nil)
    }

    @Test("keys rise with the time over any span, and what takes years comes last, the nearer one first")
    func keys() {
        let times = [0, 0.3, 59, 86_400, 1.7e7, 17_592_185.9, 1.76e7, 3e20, .infinity, .nan] as [Double]
        let keys = times.map { RouteQueue.key(total: $0, ahead: 0) }
        #expect(keys == keys.sorted() && Set(keys.prefix(7)).count == 7)
        #expect(Set(keys.suffix(4)).count == 1)
        #expect(RouteQueue.key(total: 3e20, ahead: 1) < RouteQueue.key(total: 2e20, ahead: 2))
        #expect(RouteQueue.key(total: 1, ahead: .infinity) == RouteQueue.key(total: 1, ahead: .nan))
        #expect(RouteQueue.key(total: 1, ahead: .infinity) < RouteQueue.key(total: 1.000_001, ahead: 0))
    }

    @Test("a lane with a limit that nobody drives at is no trap for the search")
    func crawling() throws {
        var building = Self.grid(2)
        for lane in building.levels[0].lanes.indices { building.levels[0].lanes[lane].speedLimit = 1e-20 }
        var workspace = RouteWorkspace()
        #expect(RoutePlanner(building: building).trace(from: vertex(0), to: vertex(3), in: &workspace)?.length == 2)
    }

    @Test("the index of lanes finds every lane within reach")
    func laneIndex() {
        let building = Self.field(60, seed: 9)
        let index = LaneIndex(building.levels[0], reach: 3)
        var random = SeededRandom(seed: 1)
        for _ in 0..<200 {
            let point = Point2D(Double.random(in: -5..<35, using: &random), Double.random(in: -5..<35, using: &random))
            let found = Set(index.lanes(near: point))
            for (number, lane) in building.levels[0].lanes.enumerated()
            where building.levels[0].segment(of: lane).distance(to: point) <= 3 {
                #expect(found.contains(number))
            }
        }
    }

    @Test(
        "the index of lanes is no larger than the lanes are many, however far they reach",
        arguments: [1, 1e5, 1e8, 1e11, 1e20, 1e100] as [Double])
    func laneIndexSize(extent: Double) {
        let corners = [Point2D(0, 0), Point2D(extent, 0), Point2D(extent, extent), Point2D(-extent, 1e-3)]
        let fields: [(name: String, lanes: [Lane])] = [
            ("one lane along an axis", [Lane(from: 0, to: 1)]),
            ("one lane aslant", [Lane(from: 0, to: 2)]),
            ("a nearly flat field", [Lane(from: 3, to: 0), Lane(from: 0, to: 1)]),
            ("lanes from corner to corner", Array(repeating: Lane(from: 0, to: 2), count: 400)),
            ("short lanes and a long one", Array(repeating: Lane(from: 0, to: 0), count: 400) + [Lane(from: 1, to: 3)]),
        ]
        for (name, lanes) in fields {
            let level = Level(
                id: "L1", elevation: 0, vertices: corners.map { Vertex(position: $0) }, lanes: lanes)
            let index = LaneIndex(level, reach: 3)
            #expect(index.first.count <= 2 * lanes.count + 2 && index.lanes.count <= 7 * lanes.count, "\(name)")
            for (number, lane) in lanes.enumerated() {
                #expect(index.lanes(near: corners[lane.to]).contains(number), "\(name)")
            }
        }
    }
}
