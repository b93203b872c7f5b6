import Control
import Foundation
import RobotModel

/// What the live view says in words and numbers beside the map.
struct Figures {
    typealias Row = (name: String, text: String, ink: Ink)

    let status: RobotStatus
    /// Metres and degrees between where the robot believes to be and where it is.
    var error: (metres: Double, degrees: Double)?

    /// In the order of their weight: a terminal with few rows cuts off the last ones.
    var rows: [Row] {
        let place = status.place
        let tick = status.tick
        let causes = (status.safety.causes + status.safety.latched).joined(separator: ", ")
        let isStopped = status.safety.action != "none"
        var rows: [Row] = [
            ("doing", status.doing, .strong), ("arrival", arrival, .plain),
            ("where", "\(place.level), near \(place.near)", .plain),
            (
                "pose",
                String(format: "x %.2f  y %.2f  yaw %.0f°", place.pose.x, place.pose.y, place.pose.yaw * 180 / .pi),
                .plain
            ),
            (
                "",
                place.localization + (place.quality > 0 ? String(format: " %.0f %%", place.quality * 100) : "")
                    + (error.map { String(format: ", off %.1f cm %.1f°", $0.metres * 100, $0.degrees) } ?? ""),
                place.localization == "lost" ? .warning : .plain
            ),
            ("speed", String(format: "%.2f m/s  %.2f rad/s", place.twist.linear, place.twist.angular), .plain),
            (
                "driven",
                String(format: "%.1f m", place.distance)
                    + (place.clearance < 0 ? "" : String(format: ", nearest thing %.2f m", place.clearance)), .plain
            ),
            ("safety", causes.isEmpty ? status.safety.action : causes, isStopped ? .warning : .plain),
        ]
        rows += building
        rows += [
            (
                "tick", "\(tick.rate) Hz  \(tick.ticks) ticks  \(tick.missed) missed",
                tick.missed > 0 ? .warning : .plain
            ),
            ("", String(format: "99 %% wake in %.0f µs, work %.0f µs", tick.wakeP99, tick.workP99), .plain),
        ]
        rows += reflow
        rows.append(("cargo", cargo, .plain))
        rows.append(
            (
                "battery",
                String(format: "%.1f V  %.0f %%", status.battery.voltage, status.battery.stateOfCharge * 100),
                .plain
            ))
        let absent = status.devices.filter { $0.phase != "running" }.map { "\($0.slot) \($0.phase)" }
        rows.append(
            (
                "devices", absent.isEmpty ? "all \(status.devices.count) in service" : absent.joined(separator: ", "),
                absent.isEmpty ? .plain : .warning
            ))
        return rows
    }

    private var arrival: String {
        guard let mission = status.mission else { return "no mission" }
        let eta = mission.eta.map { "in \(clockText($0))" }
        guard let promised = mission.promised else { return eta ?? "-" }
        guard let seconds = mission.eta else { return "promised in \(clockText(promised))" }
        let margin = promised - seconds
        return "\(eta ?? ""), promised in \(clockText(promised)): \(clockText(abs(margin))) "
            + (margin >= 0 ? "early" : "late")
    }

    private var building: [Row] {
        var rows: [Row] = []
        for door in status.doors { rows.append(("door", "\(door.id) \(door.mode)\(session(door.session))", .plain)) }
        for lift in status.lifts {
            let way = lift.motion == "stopped" ? lift.door : "\(lift.motion) to \(lift.destination)"
            rows.append(("lift", "\(lift.id) at \(lift.level), \(way)\(session(lift.session))", .plain))
        }
        return rows
    }

    private func session(_ name: String) -> String { name == "none" ? "" : ", \(name)" }

    private var reflow: [Row] {
        let reflow = status.reflow
        let lost = reflow.dropped.values.reduce(0, +)
        return [
            ("record", String(format: "%.2f MB, ", Double(reflow.recordedBytes) / 1e6) + "\(lost) lost", .plain),
            (
                "upstream",
                String(format: "%.2f MB acknowledged", Double(reflow.acknowledgedBytes) / 1e6)
                    + (reflow.segmentsWaiting > 0 ? ", \(reflow.segmentsWaiting) waiting" : ""),
                reflow.uplink.hasPrefix("waiting") ? .warning : .plain
            ),
        ]
    }

    private var cargo: String {
        let gpio = status.gpio
        return "\(gpio.loaded ? "meal in" : "empty"), lid \(gpio.lidOpen ? "open" : "shut"), "
            + (gpio.unlocked ? "unlocked" : "locked")
    }
}

/// Minutes and seconds: "3:07".
func clockText(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "-" }
    let whole = Int(seconds.magnitude.rounded())
    return "\(seconds < 0 && whole > 0 ? "-" : "")\(whole / 60):" + (whole % 60 < 10 ? "0" : "") + "\(whole % 60)"
}
