import Yams

extension Field {
    /// Text that may be empty, as foreign formats have it for a nameless thing; whatever a scalar looks like is taken.
    @discardableResult
    public func stringOrEmpty() -> String {
        guard let node else { return "" }
        if let scalar = node.scalar { return scalar.string }
        reject("\(name) is a list or a mapping", expected: "text, which may be empty (\"\")")
        return ""
    }
}

extension Field {
    /// Whether the value is a mapping, a list, or nothing at all (empty, `~` or `null`). Records nothing.
    public var isMapping: Bool { node?.mapping != nil }
    public var isList: Bool { node?.sequence != nil }
    public var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(node?.scalar?.string) }

    /// Whether the value is a scalar without quotes, whose type YAML works out from its looks. Records nothing.
    public var isPlain: Bool {
        guard let scalar = node?.scalar else { return false }
        return scalar.style == .plain || scalar.style == .any
    }

    /// The elements of a list; none where the value is empty, as foreign tools write for a list without elements.
    public func listOrEmpty() -> [Field] { isNull ? [] : list() }

    /// The keys and values of a mapping; none where the value is empty.
    public func entriesOrEmpty() -> [(key: String, value: Field)] { isNull ? [] : entries() }
}
