import Missions
import RobotModel

/// Goes through every state that a ride can come to, with up to so many things going wrong at any moments of it.
///
/// From each state it lets time pass to the next moment at which something changes, and it tries every fault. A state
/// that has been seen with as many faults to come is not gone through again. What is left when nothing is to be tried
/// any more is all there is: the search ends because it has been everywhere, unless the depth says it was cut.
struct Explorer {
    struct Found {
        var states = 0
        var steps = 0
        var deepest = 0
        var isCut = false
        /// Rides that ended outside, and in which the robot waits inside for help.
        var ends: [String: Int] = [:]
        var breach: Breach?
    }

    private struct Node {
        var robot: CheckedRobot
        var world: LiftWorld
        var faults: Int
        var depth: Int
        var label: Int
    }

    let faults: [LiftFault]
    /// What is looked at.
    var rules = Set(RideRule.allCases)
    let budget: Int
    let depth: Int
    /// Seconds in which nothing changes, after which nothing will.
    private let patience = 400

    func explore(from robot: CheckedRobot, _ world: LiftWorld) -> Found {
        var found = Found()
        var seen: Set<Int> = []
        var trace = Trace()
        var stack = [Node(robot: robot, world: world, faults: budget, depth: 0, label: trace.root)]
        seen.insert(key(stack[0]))
        while let node = stack.popLast() {
            found.states += 1
            found.deepest = max(found.deepest, node.depth)
            if isOver(node) {
                found.ends[node.world.isOutside ? "outside" : "inside", default: 0] += 1
                continue
            }
            guard node.depth < depth else {
                found.isCut = true
                continue
            }
            do throws(Breach) {
                for (next, label) in try successors(of: node, &found) {
                    guard seen.insert(key(next)).inserted else { continue }
                    var next = next
                    next.label = trace.add(label, after: node.label)
                    stack.append(next)
                }
            } catch {
                found.breach = error
                found.breach?.trace = trace.path(to: node.label) + error.trace
                return found
            }
        }
        return found
    }

    private func key(_ node: Node) -> Int {
        StateKey.of(node.robot, node.world, node.faults, now: node.robot.now)
    }

    /// Outside, with nothing of the lift left to do.
    private func isOver(_ node: Node) -> Bool {
        guard node.world.isOutside, node.robot.memory.sessions.isEmpty, node.world.holder != .robot else { return false }
        return node.robot.memory.progress.map { $0.leg != .toDeliver } ?? true
    }

    private func successors(of node: Node, _ found: inout Found) throws(Breach) -> [(Node, String)] {
        var next: [(Node, String)] = []
        if let waited = try wait(node, &found) { next.append(waited) }
        guard node.faults > 0 else { return next }
        for fault in faults {
            var after = node
            after.faults -= 1
            after.depth += 1
            guard fault.apply(to: &after.world) else { continue }
            try step(&after, fault, &found)
            next.append((after, "\(fault)"))
        }
        return next
    }

    private func step(_ node: inout Node, _ fault: LiftFault, _ found: inout Found) throws(Breach) {
        found.steps += 1
        var before = node.world
        switch fault {
        case .crash: node.robot.restart(after: 1, &node.world)
        case .longCrash: node.robot.restart(after: 15, &node.world)
        case .shutdown:
            node.robot.step(&node.world, .shutdown)
            try check(node, before, "shutdown")
            before = node.world
            node.robot.restart(after: 15, &node.world)
        case .cancel: node.robot.step(&node.world, .cancel("m1"))
        case .pause: node.robot.step(&node.world, .pause)
        case .resume: node.robot.step(&node.world, .resume)
        default: node.robot.step(&node.world)
        }
        try check(node, before, "\(fault)")
    }

    /// To the next moment at which the world or the robot has changed.
    private func wait(_ node: Node, _ found: inout Found) throws(Breach) -> (Node, String)? {
        var after = node
        after.depth += 1
        let start = appearance(node)
        let patience = node.robot.waitsForSomebody ? 60 : patience
        for second in 1...patience {
            found.steps += 1
            let before = after.world
            after.robot.step(&after.world)
            try check(after, before, "wait \(second) s")
            if appearance(after) != start { return (after, "\(after.robot.doing) (\(second) s)") }
        }
        do throws(Breach) {
            try after.robot.isTidy(after.world)
        } catch {
            guard rules.contains(error.rule) else { return nil }
            var breach = error
            breach.trace = ["for ever: \(after.robot.doing)"]
            throw breach
        }
        found.ends[after.world.isOutside ? "waiting outside" : "waiting inside", default: 0] += 1
        return nil
    }

    private func check(_ node: Node, _ before: LiftWorld, _ label: String) throws(Breach) {
        do throws(Breach) {
            try node.robot.obeys(before: before, node.world)
        } catch {
            guard rules.contains(error.rule) else { return }
            var breach = error
            breach.trace = [label, "\(node.robot.doing)"]
            throw breach
        }
    }

    /// What changes when something happens; time alone does not.
    private struct Appearance: Equatable {
        var world: LiftWorld
        var doing: MissionProgress?
        var help: Int
    }

    private func appearance(_ node: Node) -> Appearance {
        var world = node.world
        world.age = 0
        return Appearance(world: world, doing: node.robot.memory.progress, help: node.robot.callsForHelp)
    }
}

/// How each state was come to, as a tree of labels.
private struct Trace {
    private var labels = ["start"]
    private var parents = [-1]
    var root: Int { 0 }

    mutating func add(_ label: String, after parent: Int) -> Int {
        labels.append(label)
        parents.append(parent)
        return labels.count - 1
    }

    func path(to end: Int) -> [String] {
        var path: [String] = []
        var node = end
        while node >= 0 {
            path.append(labels[node])
            node = parents[node]
        }
        return path.reversed()
    }
}
