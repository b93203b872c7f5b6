import Missions
import RobotModel

/// A robot and what it works with, as one value that can be stepped and to which something can happen.
protocol CheckedSystem: Sendable {
    associatedtype Fault: Sendable
    associatedtype Appearance: Equatable

    /// Lets a second pass and looks whether a rule is broken.
    mutating func step() throws(Breach)
    /// Something happens, and a second passes; false where it would change nothing.
    mutating func suffer(_ fault: Fault) throws(Breach) -> Bool
    /// Looks whether everything may stay as it is for ever.
    func rest() throws(Breach)
    /// Nothing is left to do that this check is about.
    var isOver: Bool { get }
    /// What changes when something happens; time alone does not.
    var appearance: Appearance { get }
    /// A number for the state.
    var key: Int { get }
    /// What the robot does, in words.
    var doing: String { get }
    /// Only a person can change that.
    var waitsForSomebody: Bool { get }
    /// Neither in the car nor between the posts.
    var isOutside: Bool { get }
}

/// Goes through every state that a passage can come to, with up to so many things going wrong at any moments of it.
///
/// From each state it lets time pass to the next moment at which something changes, and it tries every fault. A state
/// that has been seen with as many faults to come is not gone through again. What is left when nothing is to be tried
/// any more is all there is: the search ends because it has been everywhere, unless the depth says it was cut.
struct Explorer<System: CheckedSystem> {
    struct Found {
        var states = 0
        var seconds = 0
        var deepest = 0
        var isCut = false
        /// The way to the first state that was too deep.
        var cut: [String] = []
        /// How rides ended, and where the robot waits for somebody.
        var ends: [String: Int] = [:]
        var breach: Breach?

        var summary: String {
            "\(states) states, \(seconds) seconds, at most \(deepest) events deep; \(breach == nil ? "every rule held" : "a rule broken"); ends: "
                + ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
    }

    private struct Node {
        var system: System
        var faults: Int
        var depth: Int
        var label: Int
    }

    let faults: [System.Fault]
    /// What is looked at.
    var rules = Set(Rule.allCases)
    let budget: Int
    /// The last fault is one of these, where not all of them.
    var lastFaults: [System.Fault]?
    var depth = 600
    /// Seconds in which nothing changes, after which nothing will: longer than every deadline. And after which a robot
    /// that waits for somebody has given back what it may.
    private let patience = 500
    private let patienceWithPeople = 60

    func explore(from system: System) -> Found {
        var found = Found()
        var seen: Set<Int> = []
        var trace = Trace()
        var stack = [Node(system: system, faults: budget, depth: 0, label: trace.root)]
        seen.insert(key(stack[0]))
        while let node = stack.popLast() {
            found.states += 1
            found.deepest = max(found.deepest, node.depth)
            if node.system.isOver {
                found.ends["outside", default: 0] += 1
                continue
            }
            guard node.depth < depth else {
                if !found.isCut { found.cut = trace.path(to: node.label) }
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
        var hasher = Hasher()
        hasher.combine(node.system.key)
        hasher.combine(node.faults)
        return hasher.finalize()
    }

    private func successors(of node: Node, _ found: inout Found) throws(Breach) -> [(Node, String)] {
        var next: [(Node, String)] = []
        if let waited = try wait(node, &found) { next.append(waited) }
        guard node.faults > 0 else { return next }
        for fault in node.faults == 1 && budget > 1 ? lastFaults ?? faults : faults {
            var after = node
            after.faults -= 1
            after.depth += 1
            var happens = false
            try check("\(fault)", &after) { system throws(Breach) in happens = try system.suffer(fault) }
            guard happens else { continue }
            found.seconds += 1
            next.append((after, "\(fault)"))
        }
        return next
    }

    /// To the next moment at which the world or the robot has changed.
    private func wait(_ node: Node, _ found: inout Found) throws(Breach) -> (Node, String)? {
        var after = node
        after.depth += 1
        let start = node.system.appearance
        for second in 1...(node.system.waitsForSomebody ? patienceWithPeople : patience) {
            found.seconds += 1
            try check("wait \(second) s", &after) { system throws(Breach) in try system.step() }
            if after.system.appearance != start { return (after, "\(after.system.doing) (\(second) s)") }
        }
        try check("for ever", &after) { system throws(Breach) in try system.rest() }
        found.ends[after.system.isOutside ? "waiting outside" : "waiting inside", default: 0] += 1
        return nil
    }

    private func check(
        _ label: String, _ node: inout Node, _ body: (inout System) throws(Breach) -> Void
    ) throws(Breach) {
        do throws(Breach) {
            try body(&node.system)
        } catch {
            guard rules.contains(error.rule) else { return }
            var breach = error
            breach.trace = [label, node.system.doing]
            throw breach
        }
    }
}

/// A rule that was broken, and how.
struct Breach: Error, CustomStringConvertible {
    let rule: Rule
    let what: String
    var trace: [String] = []

    var description: String { "\(rule.rawValue): \(what)\n  " + trace.joined(separator: "\n  ") }
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
