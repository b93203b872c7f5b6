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
