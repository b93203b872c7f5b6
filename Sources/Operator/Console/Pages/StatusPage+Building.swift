import Control
import RobotModel

extension RobotStatus {
    /// Where the robot takes itself to be, how sure it is, and what to type when it is not.
    var posePage: [PageLine] {
        let isKnown = place.trouble == nil
        var lines = PageLine.fields(
            [
                ("level", place.level), ("near", place.near.isEmpty ? "-" : place.near),
                (
                    "pose",
                    "x \(fixed(place.pose.x, 2)) m, y \(fixed(place.pose.y, 2)) m, yaw \(degreesText(place.pose.yaw))"
                ),
                ("state", place.localization),
                ("quality", "\(fixed(place.quality * 100, 0)) % of the beams fit the map"),
            ], alerts: isKnown ? [] : ["state"])
        if let trouble = place.trouble {
            lines += PageLine.wrap(trouble.what, style: .alert)
            if let hint = trouble.hint { lines += PageLine.wrap("  hint: \(hint)", indent: 4) }
        }
        return lines
    }

    /// One row a door.
    var doorTable: [PageLine] {
        var table = TextTable("DOOR", "MODE", "SESSION")
        for door in doors { table.add(door.id, door.mode, door.session, isAlert: door.session.hasPrefix("failed")) }
        return table.lines
    }

    /// One row a lift.
    var liftTable: [PageLine] {
        var table = TextTable("LIFT", "LEVEL", "TO", "DOOR", "MOTION", "MODE", "SESSION")
        for lift in lifts {
            table.add(
                lift.id, lift.level, lift.destination, lift.door, lift.motion, lift.mode, lift.session,
                isAlert: lift.session.hasPrefix("failed"))
        }
        return table.lines
    }

    /// One row a door's opening, a lift's wait and its rides, as they have been so far.
    var timeTable: [PageLine] {
        guard !times.isEmpty else { return [PageLine("nothing has been timed yet: no door or lift was used")] }
        var table = TextTable("FACILITY", "TIME", ">P50", ">P90", ">THIS HOUR", ">ALL DAY")
        for time in times {
            let isShare = time.what.hasPrefix("riding")
            let unit = isShare ? " x" : " s"
            table.add(
                time.facility, time.what, fixed(time.p50, isShare ? 2 : 1) + unit,
                fixed(time.p90, isShare ? 2 : 1) + unit,
                "\(fixed(time.samplesThisHour, 1)) samples", "\(fixed(time.samples, 1)) samples")
        }
        return table.lines
    }

    /// The mission under way and those that wait.
    var missionTable: [PageLine] {
        var table = TextTable("MISSION", "STATE", ">PRIORITY", "TO", "PROMISED", "HAND-OVER", "DOING")
        if let mission {
            table.add(
                mission.id, mission.state, mission.priority.map { "\($0)" } ?? "-",
                mission.place.isEmpty ? "-" : mission.place, promiseText(mission.promised),
                mission.eta.map { "in \(spanText($0))" } ?? "-", mission.step)
        }
        for waiting in queue where waiting.id != mission?.id {
            table.add(
                waiting.id, "waiting", "\(waiting.priority)", waiting.place, promiseText(waiting.promised), "-", "-")
        }
        return table.lines
    }

    /// When a meal is promised for.
    private func promiseText(_ promised: Double?) -> String {
        promised.map { $0 < 0 ? "\(spanText(-$0)) ago" : "in \(spanText($0))" } ?? "-"
    }

    /// One mission.
    func missionPage(_ id: String?) -> [PageLine] {
        if let id, id != mission?.id {
            guard let index = queue.firstIndex(where: { $0.id == id }) else {
                return [PageLine("there is no mission \(id) under way or waiting", .alert)]
                    + PageLine.wrap("  `mission list` shows what there is", indent: 2)
            }
            let waiting = queue[index]
            return PageLine.fields([
                ("mission", waiting.id), ("state", "waiting, number \(index + 1)"), ("to", waiting.place),
                ("priority", "\(waiting.priority)"),
            ])
        }
        guard let mission else { return [PageLine("no mission: \(queue.count) waiting")] }
        return PageLine.fields([
            ("mission", mission.id), ("state", mission.state), ("doing", mission.step),
            ("hand-over", mission.eta.map { "in \(spanText($0))" } ?? "cannot be said"),
            ("promised", promiseText(mission.promised)),
            ("where", placeText),
        ])
    }

    /// Recording and streaming.
    var reflowPage: [PageLine] {
        let dropped = reflow.dropped.sorted { $0.key < $1.key }.filter { $0.value > 0 }
        return PageLine.fields(
            [
                ("recorded", "\(bytesText(reflow.recordedBytes)) in \(reflow.messages) messages"),
                ("acknowledged", bytesText(reflow.acknowledgedBytes)),
                ("waiting", "\(reflow.segmentsWaiting) segments"),
                ("dropped", dropped.isEmpty ? "nothing" : dropped.map { "\($1) \($0)" }.joined(separator: ", ")),
                ("uplink", reflow.uplink),
            ], alerts: dropped.isEmpty ? [] : ["dropped"])
    }
}
