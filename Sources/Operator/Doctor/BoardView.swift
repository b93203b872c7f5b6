/// What a machine shows of itself: its files, and the few things that no file tells. A test shows another machine.
public protocol BoardView: Sendable {
    /// A file's text, blanks at its end cut off; nil where it cannot be read.
    func text(_ path: String) -> String?
    /// The names in a folder; nil where it cannot be read.
    func names(_ path: String) -> [String]?
    /// Where a path leads in the end; nil where nothing is.
    func resolved(_ path: String) -> String?
    /// Who owns a file; nil where nothing is.
    func owner(of path: String) -> FileOwner?
    /// The disk that a path, or the nearest folder above it that is there, lies on.
    func disk(of path: String) -> DiskSpace?
    /// Bytes a second that reach the disk under a folder, synchronised; nil where nothing may be written.
    func writeSpeed(in folder: String) -> Double?
    /// Whether the system's clock follows a time server; nil where the kernel does not say.
    var isClockSynchronized: Bool? { get }
}

/// A file's owner and its permission bits.
public struct FileOwner: Hashable, Sendable {
    public var user: Int
    public var group: Int
    /// The last nine bits.
    public var mode: Int

    public init(user: Int, group: Int, mode: Int) {
        self.user = user
        self.group = group
        self.mode = mode
    }
}

/// Bytes of a disk.
public struct DiskSpace: Hashable, Sendable {
    public var size: Int
    /// For an ordinary user.
    public var free: Int

    public init(size: Int, free: Int) {
        self.size = size
        self.free = free
    }
}
