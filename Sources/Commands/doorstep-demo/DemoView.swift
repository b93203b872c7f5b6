import Control
import Foundation
import RobotModel

/// The live view of a delivery: a block of lines that is drawn over itself on a terminal, and one line a change elsewhere.
struct DemoView {
    private let isTerminal: Bool
    private let width = 96
    private var drawn = 0
    private var lastStep = ""
    private var shown = 0.0

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// Shows a status.
    mutating func show(_ status: RobotStatus, console: String?) {
        let news = status.announcements.filter { $0.time > shown }
        shown = status.announcements.last?.time ?? shown
        guard isTerminal else {
            for item in news { print(String(format: "%7.1f s  %@", item.time, item.text)) }
            if status.doing != lastStep {
                lastStep = status.doing
                let place = status.place
                print(String(format: "%7.1f s  [%@ %@] %@", status.uptime, place.level, place.near, status.doing))
            }
            return
        }
        if drawn > 0 { print("\u{1B}[\(drawn)A\u{1B}[J", terminator: "") }
        for item in news { print("\u{1B}[2m  \(item.text)\u{1B}[0m") }
        let lines = block(status, console: console)
        for line in lines { print(line) }
        drawn = lines.count
        fflush(nil)
    }

    private func block(_ status: RobotStatus, console: String?) -> [String] {
        let place = status.place
        let tick = status.tick
        let title = " \(status.robot) "
        var lines = [bar(title)]
        lines.append(row("mission", status.mission.map { "\($0.id)  \($0.state)" } ?? "none"))
        lines.append(row("doing", status.doing))
        lines.append(
            row(
                "where",
                String(
                    format: "%@ near %@   x %.2f  y %.2f  yaw %.0f°   %@ %.0f %%", place.level, place.near,
                    place.pose.x,
                    place.pose.y, place.pose.yaw * 180 / .pi, place.localization, place.quality * 100)))
        lines.append(
            row(
                "motion",
                String(
                    format: "%.2f m/s  %.2f rad/s   driven %.1f m   nearest thing %.2f m", place.twist.linear,
                    place.twist.angular, place.distance, place.clearance)))
        lines.append(row("arrival", arrival(status.mission)))
        let causes = (status.safety.causes + status.safety.latched).joined(separator: ", ")
        lines.append(row("safety", causes.isEmpty ? status.safety.action : "\(status.safety.action): \(causes)"))
        lines.append(
            row(
                "tick",
                String(
                    format: "%d Hz  %d ticks  %d missed   wake p99 %.0f µs  work p99 %.0f µs", tick.rate, tick.ticks,
                    tick.missed, tick.wakeP99, tick.workP99)))
        let facilities =
            status.doors.map { "\($0.id) \($0.mode)" } + status.lifts.map { "\($0.id) at \($0.level), \($0.door)" }
        lines.append(row("building", facilities.joined(separator: "   ")))
        lines.append(
            row(
                "reflow",
                String(
                    format: "%.2f MB recorded  %.2f MB acknowledged   %@", Double(status.reflow.recordedBytes) / 1e6,
                    Double(status.reflow.acknowledgedBytes) / 1e6, status.reflow.uplink)))
        lines.append(
            row(
                "battery", String(format: "%.1f V  %.0f %%", status.battery.voltage, status.battery.stateOfCharge * 100)
            ))
        if let console { lines.append(row("console", "picocom -b 115200 \(console)")) }
        lines.append(bar(""))
        return lines
    }

    private func arrival(_ mission: MissionSection?) -> String {
        guard let mission else { return "-" }
        let eta = mission.eta.map { String(format: "in %.0f s", $0) } ?? "unknown"
        guard let promised = mission.promised else { return eta }
        let margin = promised - (mission.eta ?? 0)
        return eta
            + String(format: "   promised in %.0f s (%.0f s %@)", promised, abs(margin), margin >= 0 ? "early" : "late")
    }

    private func row(_ name: String, _ text: String) -> String {
        let padded = "│ " + name.padding(toLength: 9, withPad: " ", startingAt: 0) + String(text.prefix(width - 13))
        return padded.padding(toLength: width - 1, withPad: " ", startingAt: 0) + "│"
    }

    private func bar(_ title: String) -> String {
        "├" + title + String(repeating: "─", count: width - 2 - title.count) + "┤"
    }
}
