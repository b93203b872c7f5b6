import ArgumentParser
import BuildingImport
import BuildingMap
import Foundation
import RobotModel
import RoutePlanning

/// What it costs to find a route: on real maps and on grids of up to a million nodes.
struct Routes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the search for routes, cold and warm.",
        discussion: """
            Prints a line for each graph: its size, what making the planner takes, and microseconds a query. A cold query \
            has nothing but the planner; a warm one has the memory of earlier ones, but none of their results.
            """)

    @Option(help: "A map file and its graph as FILE:INDEX; may be repeated.") var map: [String] = []
    @Option(help: "The number of nodes of a grid; may be repeated.") var grid: [Int] = []
    @Option(help: "The share of a grid's lanes that is taken out.") var broken = 0.0
    @Option(help: "How many pairs on a grid; the first one goes from corner to corner.") var pairs = 100
    @Option(help: "How often a map's pairs are asked.") var rounds = 20
    @Option(help: "Writes the pairs that are asked, a line each, for a peer to be asked the same.") var pairsOut:
        String?
    @Option(help: "Writes the lanes, a line each, for the same purpose.") var edgesOut: String?
    @Flag(help: "Asks one warm question of each graph once more and nothing else, for counting instructions.")
    var once = false

    func validate() throws {
        guard grid.allSatisfy({ (4...4_000_000).contains($0) }), pairs > 0, rounds > 0, (0..<0.9).contains(broken)
        else {
            throw ValidationError("--grid must be 4 to 4000000, --pairs and --rounds positive, --broken below 0.9")
        }
    }

    func run() throws {
        for word in map {
            let parts = word.split(separator: ":")
            guard parts.count == 2, let index = Int(parts[1]) else { throw ValidationError("--map takes FILE:INDEX") }
            let building = try readMap(at: String(parts[0]), graph: index)
            try measure(
                RouteQuestions(building: building), name: "\(building.name)/\(index)", rounds: rounds)
        }
        for nodes in grid {
            let grid = RoutesGrid(nodes: nodes)
            let whole = grid.building
            let building = broken > 0 ? grid.broken(whole, share: broken, seed: 1) : whole
            try measure(
                RouteQuestions(building: building, pairs: grid.pairs(pairs, seed: 7)), name: "grid \(grid.side)²",
                rounds: 1)
        }
    }

    private func measure(_ questions: RouteQuestions, name: String, rounds: Int) throws {
        let clock = ContinuousClock()
        var planner: RoutePlanner?
        let making = clock.measure { planner = RoutePlanner(building: questions.building) }
        guard let planner else { return }
        var workspace = RouteWorkspace()
        if once {
            _ = questions.ask(0, planner, &workspace)
            let trace = questions.askOnce(planner, &workspace)
            print("\(name) settled \(workspace.settled) waypoints \(trace?.waypoints.count ?? 0)")
            return
        }
        var cold: [Duration] = []
        var warm: [Duration] = []
        var across = Duration.zero
        var settled = 0
        for number in questions.pairs.indices {
            cold.append(
                clock.measure {
                    var fresh = RouteWorkspace()
                    _ = questions.ask(number, planner, &fresh)
                })
        }
        for round in 0..<rounds {
            for number in questions.pairs.indices {
                let took = clock.measure { _ = questions.ask(number, planner, &workspace) }
                warm.append(took)
                if number == 0, round == 0 { across = took }
                settled += workspace.settled
            }
        }
        cold.sort()
        warm.sort()
        print(
            name, "nodes \(questions.nodes) lanes \(questions.lanes) pairs \(questions.pairs.count)",
            "planner \(making.microseconds(digits: 0))", "cold p50 \(cold[cold.count / 2].microseconds())",
            "p99 \(cold[cold.count * 99 / 100].microseconds())", "warm p50 \(warm[warm.count / 2].microseconds())",
            "p99 \(warm[warm.count * 99 / 100].microseconds())", "first \(across.microseconds())",
            "settled \(settled / warm.count) workspace \(workspace.bytes) resident \(residentBytes())")
        printReplanning(questions, planner)
        if let pairsOut { try questions.writePairs(to: pairsOut) }
        if let edgesOut { try questions.writeLanes(to: edgesOut) }
    }

    /// How long it takes to plan anew around what is closed; nothing for a grid, which has no places.
    private func printReplanning(_ questions: RouteQuestions, _ planner: RoutePlanner) {
        var workspace = RouteWorkspace()
        var times: [Duration] = []
        var found = 0
        for (start, goal, closures) in questions.replannings(planner) {
            times.append(
                ContinuousClock().measure {
                    let route = questions.replan(from: start, to: goal, avoiding: closures, planner, &workspace)
                    found += route == nil ? 0 : 1
                })
        }
        guard !times.isEmpty else { return }
        times.sort()
        print(
            "  planning anew around a closed door or lift: \(times.count) cases, \(found) with another way,",
            "p50 \(times[times.count / 2].microseconds()) p99 \(times[times.count * 99 / 100].microseconds())",
            "max \(times[times.count - 1].microseconds())")
    }

    /// What the process holds in memory, bytes.
    private func residentBytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(getpagesize())
    }
}
