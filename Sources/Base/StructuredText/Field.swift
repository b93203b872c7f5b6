public import RobotModel
import Yams

/// One value of a file that is being read: its place, and typed getters that never fail but record what is wrong.
///
/// A getter that records a problem returns a placeholder of its type. A field that is missing (already recorded) gives
/// placeholders without recording anything more.
public struct Field {
    /// nil when a required key is missing.
    let node: Node?
    /// The way to it from the root, for messages: "joints.arm[2].id"; empty for the root.
    public let path: String
    /// Where the value stands.
    public let location: SourceLocation
    /// Where its name stands, for a value of `entries()`.
    public let keyLocation: SourceLocation?
    let collector: ProblemCollector

    init(
        node: Node?, path: String, location: SourceLocation, keyLocation: SourceLocation? = nil,
        collector: ProblemCollector
    ) {
        self.node = node
        self.path = path
        self.location = location
        self.keyLocation = keyLocation
        self.collector = collector
    }

    /// Whether there is a value; false for a required key that is missing.
    public var isPresent: Bool { node != nil }

    /// Whether the value is there and nothing has been said against it so far: only then is it worth comparing with
    /// another, or one mistake brings up a second one.
    public var isSound: Bool { node != nil && !collector.hasProblem(at: location) }

    /// Whether nothing has been said against the whole file so far: only then can what was read be relied upon.
    public var isFileSound: Bool { !collector.hasProblems }

    /// Records a problem at this place, unless the field is missing anyway.
    public func reject(_ what: String, expected: String? = nil, hint: String? = nil) {
        guard node != nil else { return }
        collector.record(RobotError(.invalidFile, what, at: location, expected: expected, hint: hint))
    }

    /// Notes at this place what is odd, but hinders nobody.
    public func warn(_ what: String, expected: String? = nil, hint: String? = nil) {
        guard node != nil else { return }
        collector.warn(RobotError(.invalidFile, what, at: keyLocation ?? location, expected: expected, hint: hint))
    }

    /// The text of a scalar as it stands in the file; nil for anything else. Records nothing.
    ///
    /// For comparing fields that another getter reads.
    public var text: String? {
        guard let scalar = node?.scalar, !scalar.string.isEmpty else { return nil }
        return scalar.string
    }

    /// A number for what each key says, not for its layout and comments: equal for equal content in the same order,
    /// within one process, so that two readings of a file can be compared. Asks for no key and records nothing.
    ///
    /// - Parameter parts: Keys whose own keys are told one by one, as "part.key".
    public func contentHashes(splitting parts: Set<String>) -> [String: Int] {
        var hashes: [String: Int] = [:]
        for (name, value) in node?.mapping ?? [:] {
            let key = name.scalar?.string ?? ""
            if parts.contains(key), let inner = value.mapping {
                for (name, value) in inner { hashes["\(key).\(name.scalar?.string ?? "")"] = value.hashValue }
            } else {
                hashes[key] = value.hashValue
            }
        }
        return hashes
    }

    // MARK: Scalars

    /// Text; quotes are optional, an empty value is not accepted.
    @discardableResult
    public func string() -> String {
        guard let node else { return "" }
        guard let scalar = node.scalar else {
            wrongType(expected: "text")
            return ""
        }
        if scalar.string.isEmpty || isNull(scalar) { wrongType(expected: "text") }
        return scalar.string
    }

    /// A whole number.
    @discardableResult
    public func int(in range: ClosedRange<Int>? = nil, unit: String? = nil) -> Int {
        let expected = expectation("a whole number", range.map { ($0.lowerBound, $0.upperBound) }, unit)
        let placeholder = range?.lowerBound ?? 0
        guard let node else { return placeholder }
        guard let scalar = node.scalar, let number = parseInt(scalar) else {
            wrongType(expected: expected)
            return placeholder
        }
        guard range?.contains(number) ?? true else {
            reject("\(name) is \(number)", expected: expected)
            return placeholder
        }
        return number
    }

    /// A finite number.
    @discardableResult
    public func double(in range: ClosedRange<Double>? = nil, unit: String? = nil) -> Double {
        let expected = expectation("a number", range.map { ($0.lowerBound, $0.upperBound) }, unit)
        let placeholder = range?.lowerBound ?? 0
        guard let node else { return placeholder }
        guard let scalar = node.scalar, isPlain(scalar), let number = Double(scalar.string), number.isFinite else {
            wrongType(expected: expected)
            return placeholder
        }
        guard range?.contains(number) ?? true else {
            reject("\(name) is \(scalar.string)", expected: expected)
            return placeholder
        }
        return number
    }

    /// A whole number of milliseconds.
    @discardableResult
    public func milliseconds(in range: ClosedRange<Int>) -> Duration {
        .milliseconds(int(in: range, unit: "milliseconds"))
    }

    /// `true` or `false`.
    @discardableResult
    public func bool() -> Bool {
        guard let node else { return false }
        switch node.scalar.flatMap({ isPlain($0) ? $0.string : nil }) {
        case "true": return true
        case "false": return false
        case "yes", "Yes", "on", "On", "True", "TRUE", "y":
            wrongType(expected: "true or false", hint: "write true")
        case "no", "No", "off", "Off", "False", "FALSE", "n":
            wrongType(expected: "true or false", hint: "write false")
        default: wrongType(expected: "true or false")
        }
        return false
    }

    /// One of an enumeration's words.
    @discardableResult
    public func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type = Choice.self) -> Choice
    where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        let word = choice(of: words)
        // A placeholder is the first word.
        return Choice(rawValue: word) ?? Choice.allCases.first!
    }

    /// One of some words; the first is the placeholder.
    @discardableResult
    public func choice(of words: [String]) -> String {
        precondition(!words.isEmpty, "a choice has words to choose from")
        guard let node else { return words[0] }
        let expected = words.count == 1 ? "'\(words[0])'" : "one of " + words.joined(separator: ", ")
        guard let scalar = node.scalar else {
            wrongType(expected: expected)
            return words[0]
        }
        guard words.contains(scalar.string) else {
            wrongType(expected: expected, hint: suggestion(for: scalar.string, among: words))
            return words[0]
        }
        return scalar.string
    }

    // MARK: Lists

    /// The elements of a list, as fields.
    public func list() -> [Field] {
        guard let node else { return [] }
        guard let sequence = node.sequence else {
            wrongType(expected: "a list")
            return []
        }
        return sequence.enumerated().map { index, element in
            Field(
                node: element, path: "\(path)[\(index)]", location: collector.location(of: element, or: location),
                collector: collector)
        }
    }

    /// The elements of a list, read one by one.
    public func list<Element>(_ read: (Field) -> Element) -> [Element] { list().map(read) }

    /// A list of exactly `count` numbers; `count` placeholders when it is not.
    public func doubles(count: Int, in range: ClosedRange<Double>? = nil, unit: String? = nil) -> [Double] {
        let placeholder = [Double](repeating: range?.lowerBound ?? 0, count: count)
        guard node != nil else { return placeholder }
        let elements = list()
        guard elements.count == count else {
            if node?.sequence != nil {
                reject("\(name) has \(elements.count) elements", expected: "a list of \(count) numbers")
            }
            return placeholder
        }
        return elements.map { $0.double(in: range, unit: unit) }
    }

    // MARK: Mappings

    /// The value of a key that must be there.
    public func required(_ key: String) -> Field {
        if let field = optional(key) { return field }
        if node?.mapping != nil { collector.miss(key, in: self) }
        return Field(node: nil, path: child(key), location: location, collector: collector)
    }

    /// The value of a key, or nil where the mapping does not have it.
    public func optional(_ key: String) -> Field? {
        guard let mapping = openMapping() else { return nil }
        collector.ask(key, in: self)
        for (name, value) in mapping where name.scalar?.string == key {
            return Field(
                node: value, path: child(key), location: collector.location(of: value, or: location),
                collector: collector)
        }
        return nil
    }

    /// Every key and value of a mapping whose keys are names of things; any key is allowed.
    public func entries() -> [(key: String, value: Field)] {
        guard let mapping = openMapping() else { return [] }
        collector.allowAnyKey(in: self)
        return mapping.map { name, value in
            let key = name.scalar?.string ?? ""
            let place = collector.location(of: name, or: location)
            if key.isEmpty {
                collector.record(
                    RobotError(.invalidFile, "a key of \(self.name) is not text", at: place, expected: "a name"))
            }
            let valuePlace = collector.location(of: value, or: place)
            return (
                key,
                Field(
                    node: value, path: child(key), location: valuePlace, keyLocation: place, collector: collector)
            )
        }
    }

    // MARK: Inside

    /// The path for messages.
    var name: String { path.isEmpty ? "the file" : path }

    private func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private func openMapping() -> Node.Mapping? {
        guard let node else { return nil }
        guard let mapping = node.mapping else {
            if collector.firstTime("mapping", path) { wrongType(expected: "a mapping (key: value)") }
            return nil
        }
        collector.open(mapping, of: self)
        return mapping
    }

    private func wrongType(expected: String, hint: String? = nil) {
        let found: String
        switch node {
        case .scalar(let scalar) where isNull(scalar) || scalar.string.isEmpty: found = "empty"
        case .scalar(let scalar):
            // A value can be a page of text: a message shows its beginning.
            found = "'" + scalar.string.prefix(60) + (scalar.string.count > 60 ? "…'" : "'")
        case .mapping: found = "a mapping"
        case .sequence: found = "a list"
        default: return
        }
        reject("\(name) is \(found)", expected: expected, hint: hint)
    }

    private func isPlain(_ scalar: Node.Scalar) -> Bool { scalar.style == .plain || scalar.style == .any }

    private func isNull(_ scalar: Node.Scalar) -> Bool {
        isPlain(scalar) && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private func parseInt(_ scalar: Node.Scalar) -> Int? {
        guard isPlain(scalar) else { return nil }
        if scalar.string.hasPrefix("0x") { return Int(scalar.string.dropFirst(2), radix: 16) }
        return Int(scalar.string)
    }

    private func expectation<Bound>(_ kind: String, _ range: (Bound, Bound)?, _ unit: String?) -> String {
        let suffix = unit.map { " \($0)" } ?? ""
        guard let range else { return unit.map { "\(kind) (\($0))" } ?? kind }
        let (lower, upper) = ("\(range.0)", "\(range.1)")
        return lower == upper ? lower + suffix : "\(kind) from \(lower) to \(upper)\(suffix)"
    }
}
