public import RobotModel

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Answers dispatch: one status file a mission, always whole, replaced as the mission goes on.
public struct Outbox: Sendable {
    private let folder: MissionFolder

    public init(folder: MissionFolder) { self.folder = folder }

    /// What stands in a status file.
    private struct Answer: Encodable {
        var mission: String
        var state: String
        var step: String
        var place: String?
        var level: String?
        /// Seconds until the meal is at its recipient's.
        var etaSeconds: Int?
        /// The same, longer than which it takes in one of ten cases.
        var etaAtMost: Int?
        /// Seconds by which it will be late, as far as is known; left out when it will not.
        var lateBy: Int?
        var promised: String?
        var custody: String?
        var error: String?
        var hint: String?
        var updated: String?

        enum CodingKeys: String, CodingKey {
            case mission, state, step, place, level, etaSeconds = "eta_s", etaAtMost = "eta_p90_s",
                lateBy = "late_by_s", promised, custody, error, hint, updated
        }
    }

    /// Writes `outbox/<id>.status.json`; nothing without a mission.
    ///
    /// - Parameter wall: Now, as a label.
    public func write(_ status: MissionStatus, at wall: WallTime? = nil) throws(RobotError) {
        guard let mission = status.mission, let state = status.state else { return }
        let answer = Answer(
            mission: mission.rawValue, state: state.rawValue, step: status.step, place: status.place?.rawValue,
            level: status.level.rawValue.isEmpty ? nil : status.level.rawValue,
            etaSeconds: status.eta.map { Int($0.rounded()) }, etaAtMost: status.etaAtMost.map { Int($0.rounded()) },
            lateBy: wall.flatMap { status.lateness(at: $0) }.map { Int($0.rounded()) },
            promised: status.promised?.iso8601,
            custody: status.custody?.rawValue, error: status.error?.what, hint: status.error?.hint,
            updated: wall?.iso8601)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do {
            data = try encoder.encode(answer)
        } catch {
            throw RobotError(.internalError, "cannot encode the status of mission \(mission): \(error)")
        }
        let text = String(decoding: data, as: UTF8.self) + "\n"
        try WholeFile.write(text, to: "\(folder.outbox)/\(mission).status.json", durable: state.isFinal, for: .group)
    }
}
