import Control
import RobotModel

/// What a typed line asks for.
enum Order: Sendable {
    case nothing
    case help(String?)
    case page(StatusPage)
    case watch(StatusPage)
    case log(lines: Int)
    case version
    case unlock
    case lock
    /// Moves or switches something, or changes what the robot does: needs an unlock.
    case control(ControlRequest)

    /// Why a line asks for nothing that there is.
    struct Misuse: Error, Hashable {
        var what: String
        var hint: String
    }

    /// Reads a line.
    init(_ line: String) throws(Misuse) {
        let words = line.split(separator: " ").map(String.init)
        guard let name = words.first else {
            self = .nothing
            return
        }
        guard let command = ConsoleCommand.named(name) else {
            throw Misuse(
                what: "unknown command \(name)",
                hint: suggestion(
                    for: name.lowercased(), among: ConsoleCommand.all.map(\.name),
                    otherwise: "`help` lists the commands"))
        }
        self = try Self.order(command, Array(words.dropFirst()))
    }

    private static func order(_ command: ConsoleCommand, _ words: [String]) throws(Misuse) -> Order {
        let use = Misuse(what: "\(command.name) is not used like that", hint: command.usage)
        switch (command.name, words.count) {
        case ("help", 0...1): return .help(words.first)
        case ("unlock", 0): return .unlock
        case ("unlock", _):
            throw Misuse(what: "the code is not typed here", hint: "type `unlock` alone: it asks for it")
        case ("lock", 0): return .lock
        case ("version", 0): return .version
        case ("top", 0): return .watch(.top)
        case ("watch", 1):
            guard let page = StatusPage(name: words[0]) else {
                throw Misuse(
                    what: "there is no page \(words[0])",
                    hint: "there are \(StatusPage.names.joined(separator: ", "))")
            }
            return .watch(page)
        case ("log", 0): return .log(lines: 20)
        case ("log", 1):
            guard let lines = Int(words[0]), (1...500).contains(lines) else {
                throw Misuse(what: "\(words[0]) is no number of lines", hint: "1 to 500")
            }
            return .log(lines: lines)
        case ("device", 1): return .page(.device(words[0]))
        case ("mission", 1...2): return try mission(words, use)
        case ("pose", 1...) where words[0] == "set":
            do throws(RobotError) {
                return .control(.setPose(try PoseClaim(words: Array(words.dropFirst()))))
            } catch {
                throw Misuse(what: error.what, hint: command.usage)
            }
        case (_, 0):
            if command.name == "clear" { return .control(.clear) }
            guard let page = StatusPage(name: command.name) else { throw use }
            return .page(page)
        default: return .control(.service(try service(command.name, words, use)))
        }
    }

    private static func mission(_ words: [String], _ use: Misuse) throws(Misuse) -> Order {
        switch (words[0], words.count) {
        case ("show", _): return .page(.mission(words.count > 1 ? words[1] : nil))
        case ("list", 1): return .page(.missions)
        case ("pause", 1): return .control(.pause)
        case ("resume", 1): return .control(.resume)
        case ("cancel", 2): return .control(.cancel(mission: words[1]))
        default: throw use
        }
    }

    private static func service(
        _ name: String, _ words: [String], _ use: Misuse
    ) throws(Misuse) -> ServiceCommand {
        switch (name, words.count, words.last) {
        case ("joint", 2, _): return .joint(name: words[0], position: try number(words[1], "radians", limit: 2 * .pi))
        case ("gripper", 1, _): return .joint(name: "gripper", position: try number(words[0], "metres", limit: 1))
        case ("drive", 1, _): return .drive(metres: try number(words[0], "metres", limit: 10))
        case ("turn", 1, _):
            return .turn(radians: try number(words[0], "degrees", limit: 360) * .pi / 180)
        case ("door", 2, "open"): return .door(id: words[0], open: true)
        case ("door", 2, "release"): return .door(id: words[0], open: false)
        case ("compartment", 1, "open"): return .compartment(open: true)
        case ("compartment", 1, "lock"): return .compartment(open: false)
        case ("torque", 1, "on"): return .torque(on: true)
        case ("torque", 1, "off"): return .torque(on: false)
        case ("alerts", 1, "clear"): return .clearAlerts
        default: throw use
        }
    }

    /// A number within ± `limit`; the daemon knows the tighter limits.
    private static func number(_ word: String, _ unit: String, limit: Double) throws(Misuse) -> Double {
        guard let value = Double(word), value.isFinite, abs(value) <= limit else {
            throw Misuse(
                what: "\(word) is no number of \(unit)", hint: "-\(fixed(limit, 2)) to \(fixed(limit, 2)), as 0.5")
        }
        return value
    }
}
