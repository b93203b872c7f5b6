/// Why the arm cannot do what it is asked to.
public enum ArmFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// No posture of this name.
    case unknownPosture(String)
    /// A posture or a measured position with the wrong number of joints, or outside the limits.
    case badJoints(String)
    /// No joint angles bring the tool there; what is left at best, in metres and radians.
    case outOfReach(position: Double, angle: Double)
    /// The straight line cannot be followed beyond this share (0...1) of it.
    case brokenLine(at: Double)
    /// Every way leads through a space that the arm has to keep out of.
    case collides(with: String)

    public var description: String {
        switch self {
        case .unknownPosture(let name): "the board file has no posture \"\(name)\""
        case .badJoints(let why): why
        case .outOfReach(let position, let angle):
            "the tool cannot be brought there: at best \(rounded(position * 1000)) mm and "
                + "\(rounded(angle * 180 / .pi))° are left"
        case .brokenLine(let share):
            "the tool cannot follow the straight line beyond \(rounded(share * 100)) % of it"
        case .collides(let name): "every way of the arm leads through the \(name)"
        }
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
