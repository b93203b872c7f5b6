/// A word of the console: how it is used and what its arguments can be.
struct ConsoleCommand: Sendable {
    /// What an argument can be, for completion.
    enum Argument: Hashable, Sendable {
        case words([String])
        case devices, doors, joints, missions, commands
        /// Places and levels.
        case places
        /// A number or something else that cannot be completed.
        case free
    }

    var name: String
    /// How it is written.
    var usage: String
    var summary: String
    /// Whether it moves or switches something, or changes what the robot does.
    var needsUnlock = false
    var arguments: [Argument] = []

    /// All of them, in the order in which `help` lists them.
    static let all: [ConsoleCommand] = [
        ConsoleCommand(
            name: "help", usage: "help [command]", summary: "this list, or a command's use", arguments: [.commands]),
        ConsoleCommand(name: "status", usage: "status", summary: "the robot at a glance"),
        ConsoleCommand(name: "top", usage: "top", summary: "tick, jobs and ports, every second until a key is pressed"),
        ConsoleCommand(
            name: "watch", usage: "watch <page>", summary: "a page, every second until a key is pressed",
            arguments: [.words(StatusPage.names)]),
        ConsoleCommand(name: "devices", usage: "devices", summary: "all devices, and what is wrong with them"),
        ConsoleCommand(
            name: "device", usage: "device <name>", summary: "everything about one device", arguments: [.devices]),
        ConsoleCommand(name: "doors", usage: "doors", summary: "the building's doors"),
        ConsoleCommand(name: "lifts", usage: "lifts", summary: "the building's lifts"),
        ConsoleCommand(name: "times", usage: "times", summary: "what doors and lifts have taken so far, at this hour"),
        ConsoleCommand(
            name: "mission", usage: "mission [show [id]|list|pause|resume|cancel <id>]",
            summary: "the mission under way; the last three need an unlock",
            arguments: [.words(["show", "list", "pause", "resume", "cancel"]), .missions]),
        ConsoleCommand(
            name: "pose", usage: "pose [set <place>|set <level> <x> <y> <yaw°>]",
            summary: "where the robot takes itself to be; telling it (`set`) needs an unlock",
            arguments: [.words(["set"]), .places]),
        ConsoleCommand(name: "joints", usage: "joints", summary: "the arm's joints and the gripper"),
        ConsoleCommand(name: "wheels", usage: "wheels", summary: "the wheels"),
        ConsoleCommand(name: "gpio", usage: "gpio", summary: "emergency stop, bumper, lid, load, lock"),
        ConsoleCommand(name: "estop", usage: "estop", summary: "the emergency stop, and how to come free of it"),
        ConsoleCommand(name: "reflow", usage: "reflow", summary: "recording and streaming"),
        ConsoleCommand(
            name: "log", usage: "log [lines]", summary: "what the robot said last (20 lines)", arguments: [.free]),
        ConsoleCommand(name: "version", usage: "version", summary: "the robot's name and version"),
        ConsoleCommand(name: "unlock", usage: "unlock", summary: "ask for the code, then allow what follows"),
        ConsoleCommand(name: "lock", usage: "lock", summary: "end that"),
        ConsoleCommand(
            name: "clear", usage: "clear", summary: "reset devices in alert, clear safety causes that are gone",
            needsUnlock: true),
        ConsoleCommand(
            name: "joint", usage: "joint <name> <rad>", summary: "turn a joint", needsUnlock: true,
            arguments: [.joints, .free]),
        ConsoleCommand(
            name: "gripper", usage: "gripper <m>", summary: "open the gripper so wide", needsUnlock: true,
            arguments: [.free]),
        ConsoleCommand(
            name: "drive", usage: "drive <m>", summary: "drive straight, back with a minus", needsUnlock: true,
            arguments: [.free]),
        ConsoleCommand(
            name: "turn", usage: "turn <deg>", summary: "turn on the spot, to the left", needsUnlock: true,
            arguments: [.free]),
        ConsoleCommand(
            name: "door", usage: "door <id> open|release", summary: "call a door, or give it back", needsUnlock: true,
            arguments: [.doors, .words(["open", "release"])]),
        ConsoleCommand(
            name: "compartment", usage: "compartment open|lock", summary: "the cargo compartment", needsUnlock: true,
            arguments: [.words(["open", "lock"])]),
        ConsoleCommand(
            name: "torque", usage: "torque on|off", summary: "hold the arm, or let it go limp", needsUnlock: true,
            arguments: [.words(["on", "off"])]),
        ConsoleCommand(
            name: "alerts", usage: "alerts clear", summary: "only reset the devices that report an alert",
            needsUnlock: true, arguments: [.words(["clear"])]),
    ]

    static func named(_ name: String) -> ConsoleCommand? { all.first { $0.name == name } }
}

/// The names that can be completed: those of the last status.
struct ConsoleNames: Sendable {
    var devices: [String] = []
    var doors: [String] = []
    var joints: [String] = []
    var missions: [String] = []
    var places: [String] = []

    /// All words that could stand in place of the last word of `text`, which may be empty.
    func completions(of text: String) -> [String] {
        var words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        if words.isEmpty || text.hasSuffix(" ") { words.append("") }
        guard words.count > 1 else { return ConsoleCommand.all.map(\.name) }
        guard let command = ConsoleCommand.named(words[0]), words.count - 2 < command.arguments.count else { return [] }
        if command.name == "mission", words.count == 3, !["show", "cancel"].contains(words[1]) { return [] }
        return switch command.arguments[words.count - 2] {
        case .words(let words): words
        case .devices: devices
        case .doors: doors
        case .joints: joints
        case .missions: missions
        case .places: places
        case .commands: ConsoleCommand.all.map(\.name)
        case .free: []
        }
    }
}
