import Control
import Foundation

/// What happened, in order: everything that the robot said, and each step that it began.
struct Happenings {
    struct Item {
        /// Seconds since the daemon's start.
        var time: Double
        var text: String
        var isStep: Bool
    }

    /// A view has no more rows than this.
    private static let kept = 200

    private(set) var items: [Item] = []
    private var lastStep = ""
    private var lastSaid = -1.0

    /// Takes in a status and returns what is new.
    mutating func take(_ status: RobotStatus) -> [Item] {
        var new: [Item] = []
        for said in status.announcements where said.time > lastSaid {
            new.append(Item(time: said.time, text: said.text, isStep: false))
        }
        lastSaid = status.announcements.last?.time ?? lastSaid
        if status.doing != lastStep {
            lastStep = status.doing
            new.append(
                Item(
                    time: status.uptime, text: "[\(status.place.level) \(status.place.near)] \(status.doing)",
                    isStep: true))
        }
        items = (items + new).suffix(Self.kept)
        return new
    }

    /// Lines for where there is no terminal; at once, also into a pipe.
    static func print(_ items: [Item]) {
        for item in items { Swift.print(String(format: "%7.1f s  %@", item.time, item.text)) }
        fflush(nil)
    }
}
