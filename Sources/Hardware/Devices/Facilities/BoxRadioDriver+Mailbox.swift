public import RobotModel
import Synchronization

/// Where the mission leaves commands for the delivery box in radio range, and finds what the box says.
///
/// Not for the tick: it locks, shortly.
public final class BoxMailbox: Sendable {
    private struct Contents {
        var command: BoxCommand?
        var report: Stamped<BoxState>?
    }

    private let contents = Mutex(Contents())

    public init() {}

    /// Leaves a command for the box; it replaces one that has not left yet.
    public func send(_ command: BoxCommand) { contents.withLock { $0.command = command } }

    /// What the box in range said last and when; nil when no box is in range.
    public var report: Stamped<BoxState>? { contents.withLock { $0.report } }

    func take() -> BoxCommand? {
        contents.withLock { contents in
            defer { contents.command = nil }
            return contents.command
        }
    }

    func putBack(_ command: BoxCommand) {
        contents.withLock { if $0.command == nil { $0.command = command } }
    }

    func post(_ report: Stamped<BoxState>?) { contents.withLock { $0.report = report } }
}
