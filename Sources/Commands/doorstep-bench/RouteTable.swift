import ArgumentParser
import BuildingImport
import BuildingMap
import Foundation
import RobotModel
import RoutePlanning

/// Routes by Open-RMF's rules beside those that its own planner has computed, pair by pair.
struct RouteTable: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares routes with those of Open-RMF's planner, pair by pair.",
        discussion: """
            REFERENCE is a list of {"start", "goal", "duration_s", "levels"}. Prints a line a pair: its seconds, ours, the ratio, \
            and the levels where they differ; then the least, the median and the greatest ratio.

            Open-RMF's search forgets in a lift which way the robot faces (the lane between two of a lift's waypoints has no \
            length, and its state no orientation). It takes leaving forwards and leaving backwards to cost the same, and \
            where it picks the wrong one, half a turn is in the plan's time that was not in the choice.
            """)

    /// A route as Open-RMF's planner gave it.
    private struct Reference: Decodable {
        var start: String
        var goal: String
        var durationS: Double
        var levels: [String]
    }

    @Argument(help: "A map file.") var map: String
    @Argument(help: "The routes of Open-RMF's planner over it.") var reference: String
    @Option(help: "The graph's index.") var index = 0

    func run() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let references = try decoder.decode([Reference].self, from: Data(contentsOf: URL(filePath: reference)))
        let planner = RoutePlanner(
            building: try readMap(at: map, graph: index), kinematics: .openRMF(), rules: .openRMF)
        var workspace = RouteWorkspace()
        var ratios: [Double] = []
        var others = 0
        var unexplained = 0
        for pair in references {
            let trace = try planner.trace(from: PlaceID(pair.start), to: PlaceID(pair.goal), in: &workspace)
            let ratio = trace.seconds / pair.durationS
            ratios.append(ratio)
            let levels = trace.levels.map(\.rawValue)
            others += levels == pair.levels ? 0 : 1
            let remark = remark(ratio, ours: trace.seconds, theirs: pair.durationS)
            unexplained += remark == nil ? 1 : 0
            print(
                pad("\(pair.start) to \(pair.goal)", 40), pad(digits(pair.durationS, 2), 8),
                pad(digits(trace.seconds, 2), 8), digits(ratio, 4), remark ?? "more than 1 % off",
                levels == pair.levels ? "" : "levels \(levels)")
        }
        guard !ratios.isEmpty else { throw ValidationError("\(reference) has no routes") }
        ratios.sort()
        let within = ratios.count { abs($0 - 1) <= 0.01 }
        print(
            "routes \(ratios.count) within 1 % \(within) unexplained \(unexplained) other levels \(others) ratio least \(digits(ratios[0], 4))",
            "median \(digits(ratios[ratios.count / 2], 4)) greatest \(digits(ratios[ratios.count - 1], 4))")
    }

    /// Why a time is what it is: nothing within 1 %, half a turn, or nil for what is not explained.
    private func remark(_ ratio: Double, ours: Double, theirs: Double) -> String? {
        if abs(ratio - 1) <= 0.01 { return "" }
        let kinematics = RouteKinematics.openRMF()
        let ends = kinematics.turnAcceleration.map { kinematics.turnRate / $0 } ?? 0
        let halfTurn = .pi / kinematics.turnRate + ends
        return abs((ours + halfTurn) / theirs - 1) <= 0.01 ? "half a turn forgotten in the lift" : nil
    }

    private func digits(_ value: Double, _ count: Int) -> String { String(format: "%.\(count)f", value) }

    private func pad(_ text: String, _ width: Int) -> String {
        text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
    }
}
