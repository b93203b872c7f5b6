import RobotModel

/// How one segment gets to the station: ask how much it has, send the rest part by part, and believe only its own
/// word that the segment is durable. A value; the uploader performs the requests.
struct Upload: Sendable {
    /// What to send next.
    enum Action: Sendable, Equatable {
        /// Ask how much of the segment the station has.
        case ask
        /// Send a part of the file.
        case send(offset: Int, count: Int)
        /// The station has the segment, durably.
        case acknowledged
        /// The station says that what arrived is not what was sent: it starts over, at most three times.
        case failed(RobotError)
    }

    /// The station's answer.
    struct Answer: Sendable {
        var status: Int
        var offset: Int?
        var complete: Bool
    }

    /// A part: small enough for a thin link, large enough that the round trip does not matter.
    static let partBytes = 256 * 1024

    private let total: Int
    private var mismatches = 0

    init(bytes: Int) { total = bytes }

    /// The first thing to do.
    func start() -> Action { .ask }

    /// What to do after an answer.
    mutating func handle(_ answer: Answer) -> Action {
        if answer.complete { return .acknowledged }
        switch answer.status {
        case 404: return part(from: 0)
        case 200..<300, 409:
            guard let offset = answer.offset, offset >= 0, offset <= total else { return .ask }
            return part(from: offset)
        case 422:
            mismatches += 1
            guard mismatches < 3 else {
                return .failed(RobotError(.refused, "the station refuses a segment whose digest does not fit"))
            }
            return part(from: 0)
        default:
            return .failed(RobotError(.unavailable, "the station answers with status \(answer.status)"))
        }
    }

    private func part(from offset: Int) -> Action {
        // A station that has every byte but has not said "complete" is given an empty last part to answer.
        .send(offset: offset, count: min(Self.partBytes, total - offset))
    }
}
