import Devices
import RobotModel

/// What of the supervisor's stops is worth saying: each once, and not what is only to be expected.
///
/// Whoever reads an alarm on every healthy start and in every lift does not read the one that counts.
struct SafetyNews: Sendable {
    /// How long a start may take before what it waits for is trouble.
    static let startTime = Duration.seconds(10)

    /// Something to announce.
    struct Words: Equatable {
        var text: String
        var urgency: Urgency
        var hint: String?
    }

    /// Causes that do not stop the robot.
    private static let slowing: SafetyCauses = [.warningField, .batteryLow]

    /// What every start begins with; nothing once the start is over.
    private var excused: SafetyCauses = [
        .staleLidar, .staleWheels, .staleJoints, .staleInputs, .notLocalized, .silentDeliberation,
    ]
    private var hasSaidStart = false
    /// What has been said about the present stop.
    private var told: SafetyCauses = []
    private var last = SafetyState()

    /// A device's change of phase: one that has failed is not starting any more.
    mutating func note(_ slot: SlotID, _ phase: DevicePhase) {
        guard phase == .recovering || phase == .degraded else { return }
        switch slot {
        case "lidar": excused.remove(.staleLidar)
        case "wheels": excused.remove(.staleWheels)
        case "joints": excused.remove(.staleJoints)
        case "gpio": excused.remove(.staleInputs)
        default: break
        }
    }

    /// Looks once; returns what to say.
    ///
    /// - Parameters:
    ///   - uptime: Since the start.
    ///   - missesPose: The pose is not known, and what is being done needs it.
    mutating func look(_ safety: SafetyState, uptime: Duration, missesPose: Bool) -> Words? {
        defer { last = safety }
        guard safety.action >= .hold else {
            if last.action >= .hold { excused = [] }
            defer { told = [] }
            return told.isEmpty ? nil : Words(text: "free to go on", urgency: .info)
        }
        if uptime >= Self.startTime { excused = [] }
        let all = safety.causes.union(safety.latched)
        let quiet = missesPose ? excused : excused.union(.notLocalized)
        var causes = all.subtracting(quiet.subtracting(told))
        if causes.isSubset(of: Self.slowing) { causes = [] }
        let isNews = !causes.subtracting(told).isSubset(of: Self.slowing)
        told = causes
        if isNews {
            return Words(
                text: "stopped: \(causes.names.joined(separator: ", "))", urgency: causes.urgency, hint: causes.hint)
        }
        if safety.causes.isEmpty && !last.causes.isEmpty {
            let next =
                safety.latched == .bumper ? "goes on after standing for 3 s" : "waits for `clear` from a person"
            return Words(
                text: "\(safety.latched.names.joined(separator: ", ")): gone; \(next)", urgency: .warning,
                hint: safety.latched.hint)
        }
        return start(waitingFor: all.intersection(excused))
    }

    private mutating func start(waitingFor causes: SafetyCauses) -> Words? {
        let parts: [(SafetyCauses, String)] = [
            (.staleLidar, "the LiDAR"), (.staleWheels, "the wheels"), (.staleJoints, "the arm"),
            (.staleInputs, "the GPIO chip"),
        ]
        let names = parts.filter { causes.contains($0.0) }.map(\.1)
        guard !hasSaidStart, !names.isEmpty else { return nil }
        hasSaidStart = true
        return Words(text: "starting: waiting for \(names.joined(separator: ", "))", urgency: .info)
    }
}
