import Control
import RobotModel

extension RobotStatus {
    /// What a technician wants to know first.
    var overview: [PageLine] {
        let outOfService = devices.filter { !$0.isInService }
        var alerts: Set<String> = []
        if !outOfService.isEmpty { alerts.insert("devices") }
        if isStopped { alerts.insert("safety") }
        return [PageLine("\(robot) \(version), up \(spanText(uptime))", .bold)]
            + PageLine.fields(
                [
                    ("mission", missionText), ("place", placeText), ("motion", motionText), ("safety", safetyText),
                    ("devices", devicesText(outOfService)), ("tick", tickText),
                    ("battery", batteryText),
                ] + (inertial.map { [("inertial", text($0))] } ?? []) + [
                    ("reflow", reflowText), ("said last", announcements.last?.text ?? "-"),
                ], alerts: alerts)
    }

    /// The figures of the tick, to be watched; they fit on a terminal of 24 rows.
    var topPage: [PageLine] {
        let outOfService = devices.filter { !$0.isInService }
        return [
            PageLine("\(robot) \(version), up \(spanText(uptime)); any key ends this", .bold),
            PageLine(tickText, tick.missed > 0 ? .alert : .plain),
            PageLine(
                "wake p50 \(fixed(tick.wakeP50, 0)) p99 \(fixed(tick.wakeP99, 0)) max \(fixed(tick.wakeMax, 0)) µs; "
                    + "work p50 \(fixed(tick.workP50, 0)) p99 \(fixed(tick.workP99, 0)) "
                    + "max \(fixed(tick.workMax, 0)) µs"),
            PageLine("\(safetyText); \(motionText)", isStopped ? .alert : .plain),
            PageLine("mission: \(missionText)"),
            PageLine("devices: \(devicesText(outOfService))", outOfService.isEmpty ? .plain : .alert),
        ] + chainLines + taskTable
    }

    /// From the encoders' bytes to the set-points, milliseconds.
    private var chainLines: [PageLine] {
        tick.chains.filter { $0.count > 0 }.map { chain in
            PageLine(
                "\(chain.name): from encoder to set-point p50 \(fixed(chain.p50 / 1000, 1)) "
                    + "p99 \(fixed(chain.p99 / 1000, 1)) max \(fixed(chain.max / 1000, 1)) ms")
        }
    }

    /// One row a task of the tick: execution times in microseconds, runs beyond the deadline, late ticks put down to it.
    ///
    /// "D" before its name is a device's task, "K" a kernel's; the last culprit is marked. Messages and wake-up are shown
    /// when a tick was late by them.
    private var taskTable: [PageLine] {
        var table = TextTable(
            "TASK, µs", ">EVERY", ">RUNS", ">P50", ">P99", ">P99.9", ">MAX", ">DEADL", ">OVER", ">LATE")
        for task in tick.tasks where task.every > 0 || task.late > 0 {
            let isTask = task.every > 0
            let kind = task.owner.hasPrefix("device ") ? "D " : isTask ? "K " : "  "
            table.add(
                kind + task.name + (task.name == tick.culprit ? " <" : ""), isTask ? "\(task.every)" : "-",
                isTask ? countText(task.runs) : "-", isTask ? fixed(task.p50, 1) : "-",
                isTask ? fixed(task.p99, 1) : "-", isTask ? fixed(task.p999, 1) : "-",
                isTask ? fixed(task.max, 0) : "-", isTask ? fixed(task.deadline, 0) : "-",
                isTask ? countText(task.overruns) : "-", countText(task.late), isAlert: task.late > 0)
        }
        return table.lines
    }

    /// Whether the supervisor keeps the robot from moving.
    var isStopped: Bool { !["none", "warn", "slow"].contains(safety.action) }

    var missionText: String {
        guard let mission else {
            let waiting = queue.isEmpty ? "" : ", \(queue.count) waiting"
            return "none under way\(waiting); the robot: \(doing)"
        }
        var text = "\(mission.id) \(mission.state): \(mission.step)"
        if let eta = mission.eta { text += "; hand-over in \(spanText(eta))" }
        if let promised = mission.promised {
            text += promised < 0 ? ", promised \(spanText(-promised)) ago" : ", promised in \(spanText(promised))"
        }
        return text
    }

    var placeText: String {
        "\(place.level) near \(place.near.isEmpty ? "-" : place.near), x \(fixed(place.pose.x, 2)) "
            + "y \(fixed(place.pose.y, 2)) yaw \(degreesText(place.pose.yaw)), \(place.localization) "
            + "(\(fixed(place.quality * 100, 0)) % of the beams fit)"
    }

    var motionText: String {
        let clearance = place.clearance < 0 ? "nothing in sight" : "nearest thing \(fixed(place.clearance, 2)) m"
        return "\(fixed(place.twist.linear, 2)) m/s, \(fixed(place.twist.angular, 2)) rad/s, "
            + "\(fixed(place.distance, 1)) m driven, \(clearance)"
    }

    var safetyText: String {
        var text = safety.action
        if !safety.causes.isEmpty { text += ": " + safety.causes.joined(separator: ", ") }
        if !safety.latched.isEmpty { text += "; waits for `clear`: " + safety.latched.joined(separator: ", ") }
        return text
    }

    var tickText: String {
        var text = "\(tick.rate) Hz, \(tick.ticks) ticks, \(tick.missed) missed"
        if !tick.culprit.isEmpty { text += " (last by \(tick.culprit))" }
        for notice in tick.notices { text += "; \(notice)" }
        return text
    }

    var batteryText: String {
        var text = "\(fixed(battery.voltage, 1)) V, \(fixed(battery.stateOfCharge * 100, 0)) %"
        if let current = battery.current { text += ", \(fixed(current, 1)) A" }
        if let temperature = battery.temperature { text += ", \(fixed(temperature, 0)) °C" }
        if battery.isCharging == true { text += ", charging" }
        if battery.faults != 0 { text += ", protections 0x" + String(battery.faults, radix: 16) }
        return text
    }

    private func text(_ inertial: InertialSection) -> String {
        let force = inertial.acceleration.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var text = "\(fixed(force, 2)) m/s², turning \(fixed(inertial.angularVelocity.last ?? 0, 2)) rad/s"
        if inertial.pressure > 0 { text += ", \(fixed(inertial.pressure / 100, 2)) hPa" }
        return text
    }

    var reflowText: String {
        "\(bytesText(reflow.recordedBytes)) recorded, \(bytesText(reflow.acknowledgedBytes)) acknowledged, "
            + reflow.uplink
    }

    private func devicesText(_ outOfService: [DeviceSection]) -> String {
        let listening = devices.filter { $0.condition == "listening" }.map(\.slot)
        var running = "\(devices.count - outOfService.count) of \(devices.count) in service"
        if !listening.isEmpty { running += " (not heard yet: \(listening.joined(separator: ", ")))" }
        guard !outOfService.isEmpty else { return running }
        return "\(running); " + outOfService.map { "\($0.slot) \($0.phase)" }.joined(separator: ", ")
    }
}

/// Seconds since the last good sample, as a table shows them; one taken after the status's own time is fresh.
func ageText(_ age: Double?) -> String {
    guard let age else { return "never" }
    return age < 10 ? "\(fixed(max(0, age), 2)) s" : spanText(age)
}
