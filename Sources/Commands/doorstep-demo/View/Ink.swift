/// What a character of the view stands for; its colour follows from that.
enum Ink: UInt8 {
    // In the order in which they cover one another on the map.
    case plain, faint, wall, glass, route, lift, good, warning, alert, person, robot
    case strong, title

    /// The terminal's attributes (ECMA-48, SGR), with or without colours.
    func attributes(inColour: Bool) -> String {
        switch self {
        case .strong: return "1"
        case .title: return "7"
        default: break
        }
        guard inColour else { return [.robot, .alert].contains(self) ? "1" : "" }
        return switch self {
        case .plain, .strong, .title: ""
        case .faint: "90"
        case .wall: "37"
        case .glass: "36"
        case .route: "33"
        case .lift: "94"
        case .good: "32"
        case .warning: "93"
        case .alert: "1;91"
        case .person: "1;95"
        case .robot: "1;92"
        }
    }

    /// The same in a picture with a dark ground.
    var webColour: String {
        switch self {
        case .plain: "#d0d7de"
        case .faint: "#7d8590"
        case .wall: "#aab4bf"
        case .glass: "#56c8d8"
        case .route: "#e3b341"
        case .lift: "#79a8ff"
        case .good: "#3fb950"
        case .warning: "#e3b341"
        case .alert: "#ff6a60"
        case .person: "#ee7ad0"
        case .robot: "#56e070"
        case .strong: "#ffffff"
        case .title: "#10151c"
        }
    }
}
