import RobotModel
import StructuredText

/// The names that a file has used so far: each may be used once.
struct NameBook {
    /// What the names are of ("place", "door").
    let kind: String
    /// Within what they must differ ("building", "graph").
    let scope: String
    private var known: [String: SourceLocation] = [:]

    init(kind: String, scope: String) {
        self.kind = kind
        self.scope = scope
    }

    /// Notes a name, and rejects the field when it has been used; an empty one is no name.
    mutating func note(_ name: String, at field: Field) {
        guard !name.isEmpty else { return }
        if let first = known[name] {
            field.reject(
                "the name '\(name)' is used twice", expected: "a \(kind) name of its own in the whole \(scope)",
                hint: "the first one is in line \(first.line)")
        } else {
            known[name] = field.location
        }
    }
}
