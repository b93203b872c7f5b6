public import BoardFile

/// Looks at a board before the robot's first day, and says what is missing and how to mend it.
///
/// A kernel: what it sees it is shown (`BoardView`), and it changes nothing.
public struct Doctor: Sendable {
    let view: any BoardView
    let board: Board?
    /// Who runs the daemon.
    let user: String

    /// - Parameters:
    ///   - board: The board file; without it ports, chips, folders and the tick's processor are not looked at.
    ///   - user: The daemon's user, whose rights count.
    public init(_ view: any BoardView, board: Board?, user: String = "doorstep") {
        self.view = view
        self.board = board
        self.user = user
    }

    /// Everything that was looked at, in the order in which a technician would mend it.
    public func examine() -> [Finding] {
        [kernel, scheduling, lockedMemory, processors, governor, heat, clock] + serialPorts + meddlers + chips + folders
    }
}
