import Control
import Foundation
import RobotModel

/// What is said at the end of a demo: how it went, against what really was.
struct RunSummary {
    private var squares = 0.0
    private var yawSquares = 0.0
    private var samples = 0
    private var worst = 0.0
    private var wrongLevel = 0
    private(set) var started: Double?
    private(set) var delivered: Double?
    private(set) var ended: Double?

    /// Compares the robot's idea of where it is with what really is, both of the same moment. Only while it claims to
    /// know: before the first scans and in a lift's closed car it does not.
    ///
    /// - Returns: Metres and degrees between the two; nil where they cannot be compared.
    @discardableResult
    mutating func compare(_ place: PlaceSection, with truth: TruthSample) -> (metres: Double, degrees: Double)? {
        guard place.localization == "tracking" else { return nil }
        if place.level != truth.level {
            wrongLevel += 1
            return nil
        }
        let error = place.pose.position.distance(to: truth.pose.position)
        let yaw = normalizedAngle(place.pose.yaw - truth.pose.yaw)
        squares += error * error
        yawSquares += yaw * yaw
        worst = max(worst, error)
        samples += 1
        return (error, abs(yaw) * 180 / .pi)
    }

    /// Marks the moments that a duration is counted from and to, in seconds of one clock.
    mutating func note(_ status: RobotStatus, meal: String, at time: Double) {
        if status.mission != nil, started == nil { started = time }
        if meal == "delivered", delivered == nil { delivered = time }
        if started != nil, ended == nil, status.isIdle, status.isHome, delivered != nil || time - (started ?? 0) > 10 {
            ended = time
        }
    }

    /// RMS of the position error in metres and of the heading error in degrees.
    var localizationError: (metres: Double, degrees: Double) {
        guard samples > 0 else { return (0, 0) }
        return ((squares / Double(samples)).squareRoot(), (yawSquares / Double(samples)).squareRoot() * 180 / .pi)
    }

    /// Prints the summary and says whether the delivery went well.
    func report(status: RobotStatus, truth: TruthSample, upstream: Upstream, wallSeconds: Double) -> Bool {
        let error = localizationError
        func line(_ name: String, _ text: String) {
            print("  " + name.padding(toLength: 30, withPad: " ", startingAt: 0) + text)
        }
        print("\nSummary")
        line("meal", truth.meal)
        line("delivered after", delivered.map { String(format: "%.1f s", $0 - (started ?? 0)) } ?? "never")
        line("home after", ended.map { String(format: "%.1f s", $0 - (started ?? 0)) } ?? "never")
        line("distance driven", String(format: "%.1f m", truth.distance))
        line("nearest approach to anything", String(format: "%.2f m", truth.nearest))
        line(
            "nearest approach to a person",
            truth.nearestPerson.isFinite ? String(format: "%.2f m", truth.nearestPerson) : "nobody near")
        line("contacts", "\(truth.contacts)")
        line(
            "localisation error (RMS)",
            String(
                format: "%.1f cm, %.2f°   worst %.1f cm   %d samples", error.metres * 100, error.degrees, worst * 100,
                samples))
        line("samples on the wrong level", "\(wrongLevel)")
        line("ticks", "\(status.tick.ticks) (\(status.tick.missed) deadlines missed)")
        line(
            "records",
            "\(status.reflow.messages) messages, \(status.reflow.dropped.values.reduce(0, +)) lost"
                + (status.reflow.dropped.isEmpty ? "" : " \(status.reflow.dropped)"))
        line("upstream", "\(upstream)")
        if let seconds = upstream.stoppedAfter { line("daemon stopped in order", String(format: "in %.1f s", seconds)) }
        line("wall time", String(format: "%.1f s", wallSeconds))
        let isGood =
            delivered != nil && ended != nil && truth.contacts == 0 && wrongLevel == 0
            && upstream.isComplete
        let causes = status.safety.causes + status.safety.latched.filter { !status.safety.causes.contains($0) }
        let words = ([status.doing] + causes).joined(separator: ", ")
        line(
            "result",
            isGood
                ? "delivered, and home again"
                : "NOT as it should be: \(words)" + (status.needsHelp ? "; it waits for a person" : ""))
        return isGood
    }
}

extension RobotStatus {
    /// Nothing goes on before a person has come: what stopped the robot is latched, or it says so.
    var needsHelp: Bool { !safety.latched.isEmpty || doing.hasPrefix("needs help") }
}
