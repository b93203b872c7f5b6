import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A shortest-way search in time over a lane graph (A*, label setting).
///
/// A state is a lane with the way the robot faces on it, having arrived at its end; so turns, stops and straight runs cost
/// what they take. A label's time is that of standing at the lane's end. Going straight on continues the run: the stop is
/// taken back. Gates are asked for their time at the moment at which they are reached.
///
/// Exact where gates are FIFO and runs are longer than the way to full speed (`speed² / acceleration`); on shorter lanes a
/// way may be up to `speed / acceleration` seconds longer than the best.
struct RouteSearch {
    /// Where a way may begin: at a node, with a heading, after some seconds and a straight run.
    struct Source {
        var node: Int
        var heading: Double
        var seconds: Double
        var run: Double
        /// The number of the speed limit on that run.
        var limit: UInt32 = 0
    }

    /// One lane or ride of a way that was found.
    struct Hop {
        let arc: Int
        /// Seconds from the start, standing at its end.
        let time: Double
        /// Where the robot's front looks at its end, radians.
        let heading: Double
    }

    let graph: LaneGraph
    let bound: TimeBound
    let kinematics: RouteKinematics
    let clock: RouteClock
    /// The states of each lane: facing forwards, and facing backwards where the robot may.
    private let orientations: Int
    /// What a stop costs at most, seconds.
    private let stop: Double

    init(graph: LaneGraph, bound: TimeBound, kinematics: RouteKinematics, clock: RouteClock) {
        self.graph = graph
        self.bound = bound
        self.kinematics = kinematics
        self.clock = clock
        orientations = kinematics.isReversible ? 2 : 1
        stop = kinematics.speed / kinematics.acceleration
    }

    /// The quickest way from any of some sources to a node; nil where there is none.
    func fastest(
        from sources: [Source], to goal: Int, closed: RouteClosures, in workspace: inout RouteWorkspace
    ) -> (source: Int, hops: [Hop])? {
        let first = graph.arcs.count * orientations
        workspace.begin(states: first + sources.count, nodes: graph.positions.count)
        close(closed, in: &workspace)
        for (index, source) in sources.enumerated() {
            let label = RouteWorkspace.Label(
                time: source.seconds, run: Float(source.run), heading: Float(source.heading),
                stamp: workspace.stamp)
            workspace.labels[first + index] = label
            push(label, state: first + index, at: source.node, goal: graph.positions[goal], in: &workspace)
        }
        while let entry = workspace.queue.pop() {
            let state = Int(entry.state)
            let label = workspace.labels[state]
            guard label.stamp == workspace.stamp else { continue }
            workspace.labels[state].stamp += 1
            workspace.settled += 1
            let here = state < first ? Here(graph.arcs[state / orientations]) : Here(sources[state - first])
            // Who comes later to the same node and gains nothing by how it comes goes no further.
            if isOutdone(label, at: here.node, gate: here.gate, in: workspace) { continue }
            if here.gate == 0, workspace.arrivals[here.node].stamp != workspace.stamp {
                workspace.arrivals[here.node] = RouteWorkspace.Arrival(
                    time: label.time, heading: label.heading, stamp: workspace.stamp)
            }
            if here.node == goal { return way(to: state, first: first, in: workspace) }
            expand(label, state: state, here, goal: graph.positions[goal], in: &workspace)
        }
        return nil
    }

    // MARK: Steps

    /// Where a state is, and what it came through.
    private struct Here {
        let node: Int
        let limit: UInt32
        let gate: Int

        @inline(__always)
        init(_ arc: LaneGraph.Arc) {
            (node, limit, gate) = (Int(arc.head), arc.limit, arc.gate)
        }

        init(_ source: Source) {
            (node, limit, gate) = (source.node, source.limit, 0)
        }
    }

    private func expand(
        _ label: RouteWorkspace.Label, state: Int, _ here: Here, goal: Point2D, in workspace: inout RouteWorkspace
    ) {
        for index in graph.arcs(from: here.node) {
            let arc = graph.arcs[index]
            for orientation in 0..<orientations {
                let next = index * orientations + orientation
                let known = workspace.labels[next].stamp
                guard known != workspace.stamp + 1 else { continue }
                guard var reached = follow(label, state: state, here, along: arc, orientation) else { continue }
                guard known != workspace.stamp || reached.time < workspace.labels[next].time else { continue }
                if isOutdone(reached, at: Int(arc.head), gate: arc.gate, in: workspace) { continue }
                reached.parent = UInt32(state + 1)
                reached.stamp = workspace.stamp
                workspace.labels[next] = reached
                push(reached, state: next, at: Int(arc.head), goal: goal, in: &workspace)
            }
        }
    }

    /// Whether the first one at a node could turn to a label's heading, and speed up again, before the label was there: then
    /// all that the label can do, the first one can do as soon. What has just come through a gate is left out of this on
    /// either side: its door is still open, or still to be cleared.
    @inline(__always)
    private func isOutdone(
        _ label: RouteWorkspace.Label, at node: Int, gate: Int, in workspace: borrowing RouteWorkspace
    ) -> Bool {
        let first = workspace.arrivals[node]
        guard gate == 0, first.stamp == workspace.stamp else { return false }
        let turn = kinematics.turnTime(by: Double(Self.difference(label.heading, first.heading)))
        return label.time >= first.time + turn + stop
    }

    /// The label at the end of an arc; nil where the arc may not be gone so, or never opens.
    @inline(__always)
    private func follow(
        _ label: RouteWorkspace.Label, state: Int, _ here: Here, along arc: LaneGraph.Arc, _ orientation: Int
    ) -> RouteWorkspace.Label? {
        if arc.length < Self.standstill {
            // A ride changes no heading; how the robot faced before it is kept apart by the state.
            guard orientation == (kinematics.isReversible ? state % orientations : 0) else { return nil }
            return pass(graph.gates[arc.gate], from: label, here, along: arc, heading: label.heading)
        }
        if arc.facing == .forward && orientation == 1 || arc.facing == .backward && orientation == 0 { return nil }
        let heading = orientation == 0 ? arc.course : Self.reversed(arc.course)
        var reached = turned(label, to: heading, here.limit, arc)
        if arc.gate != 0 { return pass(graph.gates[arc.gate], from: reached, here, along: arc, heading: heading) }
        var length = Double(arc.length)
        let overhang = here.gate == 0 ? 0 : min(graph.gates[here.gate].overhang, length)
        if overhang > 0 {
            // Clear of the door before only here: that is where the robot stops.
            extend(&reached, by: overhang, limit: arc.limit)
            reached.run = 0
            length -= overhang
        }
        extend(&reached, by: length, limit: arc.limit)
        return reached
    }

    /// Facing along a lane: still running where it goes straight on, or turned from a stand.
    @inline(__always)
    private func turned(
        _ label: RouteWorkspace.Label, to heading: Float, _ limit: UInt32, _ arc: LaneGraph.Arc
    ) -> RouteWorkspace.Label {
        var label = label
        let angle = Double(Self.difference(heading, label.heading))
        if label.run == 0 || abs(angle) > kinematics.bend {
            label.run = 0
            label.time += kinematics.turnTime(by: angle)
        } else if limit != arc.limit {
            // A lane of another limit is a drive of its own.
            label.run = 0
        }
        label.heading = heading
        return label
    }

    /// Drives on in a straight line by some metres: the stop that the label's time contains is taken back.
    @inline(__always)
    private func extend(_ label: inout RouteWorkspace.Label, by length: Double, limit: UInt32) {
        let top = limit == 0 ? kinematics.speed : min(kinematics.speed, graph.limits[Int(limit)])
        let run = Double(label.run)
        if run * kinematics.acceleration >= top * top {
            // At full speed already.
            label.time += length / top
        } else {
            label.time += kinematics.driveTime(run + length, top: top)
            if run > 0 { label.time -= kinematics.driveTime(run, top: top) }
        }
        label.run = Float(run + length)
    }

    /// Passes a gate: to its hold, through it, and on to the lane's end.
    private func pass(
        _ gate: Gate, from label: RouteWorkspace.Label, _ here: Here, along arc: LaneGraph.Arc, heading: Float
    ) -> RouteWorkspace.Label? {
        var label = label
        var cursor = 0.0
        // A vertex in the doorway: the door is open already.
        let isOpen = here.gate != 0 && clock.isSameDoor(graph.gates[here.gate], gate)
        if !isOpen {
            if gate.hold > 0 { extend(&label, by: gate.hold, limit: arc.limit) }
            cursor = gate.hold
            // Out of a car that has not ridden, its door must still open.
            let afterRide = label.parent != 0
            guard let seconds = clock.seconds(gate, at: label.time, afterRide: afterRide) else { return nil }
            label.time += seconds
            label.run = 0
        }
        label.heading = heading
        if gate.clear > cursor { extend(&label, by: gate.clear - cursor, limit: arc.limit) }
        label.time += clock.secondsAfter(gate)
        if gate.stopsAfter, gate.overhang == 0 { label.run = 0 }
        let rest = Double(arc.length) - gate.clear
        if rest > 0, arc.length >= Self.standstill { extend(&label, by: rest, limit: arc.limit) }
        return label
    }

    @inline(__always)
    private func push(
        _ label: RouteWorkspace.Label, state: Int, at node: Int, goal: Point2D, in workspace: inout RouteWorkspace
    ) {
        let ahead = bound.seconds(from: graph.positions[node], to: goal)
        workspace.queue.push(
            RouteQueue.Entry(key: RouteQueue.key(total: label.time + ahead, ahead: ahead), state: UInt32(state)))
    }

    /// Closed arcs are settled before the search begins.
    private func close(_ closures: RouteClosures, in workspace: inout RouteWorkspace) {
        let doors = closures.doors.flatMap { graph.doorArcs[$0] ?? [] }
        let lifts = closures.lifts.flatMap { graph.liftArcs[$0] ?? [] }
        let lanes = closures.lanes.flatMap { graph.arcs(of: $0, in: clock.planner.building) }
        for arc in doors + lifts + lanes {
            for orientation in 0..<orientations {
                workspace.labels[Int(arc) * orientations + orientation].stamp = workspace.stamp + 1
            }
        }
    }

    private func way(to state: Int, first: Int, in workspace: borrowing RouteWorkspace) -> (source: Int, hops: [Hop]) {
        var hops: [Hop] = []
        var state = state
        while state < first {
            let label = workspace.labels[state]
            hops.append(Hop(arc: state / orientations, time: label.time, heading: Double(label.heading)))
            state = Int(label.parent) - 1
        }
        hops.reverse()
        return (state - first, hops)
    }

    /// A shorter lane is none: its ends are the same place.
    static let standstill: Float = 1e-3

    @inline(__always)
    private static func reversed(_ course: Float) -> Float { course > 0 ? course - .pi : course + .pi }

    /// The angle from one heading to another, radians in [-π, π].
    @inline(__always)
    private static func difference(_ a: Float, _ b: Float) -> Float {
        let angle = a - b
        if angle > .pi { return angle - 2 * .pi }
        if angle < -.pi { return angle + 2 * .pi }
        return angle
    }
}
