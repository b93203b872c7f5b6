public import RobotModel
import Synchronization

/// Where the facilities leave commands for the relay box and find its reports.
///
/// Not for the tick: it locks, shortly. A command replaces an older one to the same door or lift that has not left yet,
/// so that what waits is bounded by the number of doors and lifts.
public final class RelayMailbox: Sendable {
    private enum Target: Hashable { case door(Int), lift(Int) }
    private struct Contents {
        var commands: [(target: Target, command: RelayCommand)] = []
        var report: Stamped<RelayReport>?
    }

    private let contents = Mutex(Contents())

    public init() {}

    /// Leaves a command for the box.
    public func send(_ command: RelayCommand) {
        let target = Self.target(command)
        contents.withLock { contents in
            if let index = contents.commands.firstIndex(where: { $0.target == target }) {
                contents.commands[index].command = command
            } else {
                contents.commands.append((target, command))
            }
        }
    }

    /// The newest report and when the box had the states; nil before the first.
    public var report: Stamped<RelayReport>? { contents.withLock { $0.report } }

    func take() -> RelayCommand? {
        contents.withLock { $0.commands.isEmpty ? nil : $0.commands.removeFirst().command }
    }

    /// Puts a command back that was not answered, unless a newer one to the same target waits.
    func putBack(_ command: RelayCommand) {
        let target = Self.target(command)
        contents.withLock { contents in
            guard !contents.commands.contains(where: { $0.target == target }) else { return }
            contents.commands.insert((target, command), at: 0)
        }
    }

    func post(_ report: Stamped<RelayReport>) { contents.withLock { $0.report = report } }

    private static func target(_ command: RelayCommand) -> Target {
        switch command {
        case .door(let number, _): .door(number)
        case .lift(let number, _, _, _): .lift(number)
        }
    }
}
