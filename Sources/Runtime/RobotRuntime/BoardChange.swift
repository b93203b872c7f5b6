public import BoardFile

/// What differs between the board file that the robot runs with and the one that is there now.
///
/// A few keys are taken over while the robot runs; every other one only by a restart, since devices, tick and journal
/// were built from it.
public struct BoardChange: Hashable, Sendable {
    /// The keys that are taken over while the robot runs. The daemon's manual lists them.
    public static let live: Set<String> = ["console.unlock_hash", "log.level"]

    /// Keys that differ and are taken over.
    public var taken: [String] = []
    /// Keys that differ and wait for a restart.
    public var waiting: [String] = []

    public init(from running: Board, to now: Board) {
        let keys = Set(running.contents.keys).union(now.contents.keys).sorted()
        for key in keys where running.contents[key] != now.contents[key] {
            if Self.live.contains(key) { taken.append(key) } else { waiting.append(key) }
        }
    }

    /// What the robot runs with afterwards.
    func applied(to running: Board, from now: Board) -> Board {
        var board = running
        board.console.unlockHash = now.console.unlockHash
        board.log = now.log
        for key in taken { board.contents[key] = now.contents[key] }
        return board
    }

    /// The change in words.
    var sentence: String {
        var parts: [String] = []
        if !taken.isEmpty { parts.append("taken over: \(taken.joined(separator: ", "))") }
        if !waiting.isEmpty { parts.append("waits for a restart: \(waiting.joined(separator: ", "))") }
        return parts.isEmpty ? "nothing has changed" : parts.joined(separator: "; ")
    }
}
