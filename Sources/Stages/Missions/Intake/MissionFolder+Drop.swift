public import RobotModel

extension MissionFolder {
    /// Drops a mission file into the inbox, whole and durable, as dispatch has to.
    ///
    /// - Parameter name: The file's name; it must be a plain name that ends in `.yaml`.
    public func drop(name: String, text: String) throws(RobotError) {
        guard name.hasSuffix(".yaml"), !name.hasPrefix("."), !name.contains("/"), name.count <= 128 else {
            throw RobotError(
                .refused, "\(name) is no name for a mission file", expected: "a plain name like lunch.yaml")
        }
        // Not in the inbox itself: dispatch may write there, and could have put a link in the way.
        try WholeFile.write(text, to: "\(inbox)/\(name)", durable: true, workshop: archive)
    }
}
