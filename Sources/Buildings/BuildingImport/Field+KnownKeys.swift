import StructuredText

extension Field {
    /// Notes every key of a mapping that is not known; any key remains allowed.
    func warnUnknownKeys(of what: String, known: [String]) {
        for (key, value) in entriesOrEmpty() where !known.contains(key) {
            value.warn("unknown key '\(key)' of \(what)", expected: nil, hint: suggestion(for: key, among: known))
        }
    }
}
