package import RobotModel

/// How one segment gets to the station: ask how much it has, send the rest part by part, and believe only its own
/// word that it has this very segment, durably. A value; the uploader performs the requests.
package struct Upload: Sendable {
    /// What to do next.
    package enum Action: Sendable, Equatable {
        /// Ask how much of the segment the station has.
        case ask
        /// Send a part of the file.
        case send(offset: Int, count: Int)
        /// The station has the segment, durably.
        case acknowledged
        /// Nothing more to be done now. `.unavailable`: the station is not itself, try again later; `.refused`: it does
        /// not take this segment, others may go first.
        case failed(RobotError)
    }

    /// The station's answer.
    package struct Answer: Sendable {
        package var status: Int
        /// Bytes that the station says it has.
        package var offset: Int?
        /// Whether it says that the segment is whole and durable.
        package var complete: Bool
        /// SHA-256 of what it has, hexadecimal.
        package var sha256: String?

        package init(status: Int, offset: Int? = nil, complete: Bool = false, sha256: String? = nil) {
            self.status = status
            self.offset = offset
            self.complete = complete
            self.sha256 = sha256
        }
    }

    /// A part: small enough for a thin link, large enough that the round trip does not matter.
    package static let partBytes = 256 * 1024

    /// Answers in a row that do not bring the segment forward, after which the station is left alone: whatever answers
    /// there, no loop is without its pause.
    private static let patience = 3

    private let total: Int
    private let sha256: String
    private var reached = 0
    private var fruitless = 0
    private var mismatches = 0

    /// - Parameters:
    ///   - bytes: Of the whole segment.
    ///   - sha256: Of the whole segment, hexadecimal.
    package init(bytes: Int, sha256: String) {
        total = bytes
        self.sha256 = sha256
    }

    /// The first thing to do.
    package func start() -> Action { .ask }

    /// What to do after an answer.
    package mutating func handle(_ answer: Answer) -> Action {
        switch answer.status {
        case 200..<300 where answer.complete:
            guard answer.sha256 == sha256 else {
                return refused("the station has another segment of this name")
            }
            return .acknowledged
        case 404 where answer.offset == 0: return send(from: 0)
        case 200..<300, 409:
            guard let offset = answer.offset, (0...total).contains(offset) else {
                return unavailable("what answers is no reflow station (status \(answer.status), no offset)")
            }
            return send(from: offset)
        case 422:
            // What arrived is not what was announced; the station has discarded it, and the segment starts over.
            reached = 0
            mismatches += 1
            guard mismatches < Self.patience else { return refused("the station refuses the segment's digest") }
            return .send(offset: 0, count: min(Self.partBytes, total))
        case 404: return unavailable("what answers is no reflow station (status 404)")
        case 408, 429: return unavailable("the station answers with status \(answer.status)")
        case 400..<500: return refused("the station refuses the segment with status \(answer.status)")
        default: return unavailable("the station answers with status \(answer.status)")
        }
    }

    /// A station that has every byte but has not said that it is complete is given an empty last part to answer.
    private mutating func send(from offset: Int) -> Action {
        if offset > reached {
            reached = offset
            fruitless = 0
        } else {
            fruitless += 1
            guard fruitless <= Self.patience else {
                return unavailable("the station does not get beyond byte \(offset) of \(total)")
            }
        }
        return .send(offset: offset, count: min(Self.partBytes, total - offset))
    }

    private func refused(_ what: String) -> Action { .failed(RobotError(.refused, what)) }
    private func unavailable(_ what: String) -> Action { .failed(RobotError(.unavailable, what)) }
}
