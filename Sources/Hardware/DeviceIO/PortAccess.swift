#if canImport(Glibc)
    import Glibc
#endif

/// Who may open a device, and what this process lacks: "is root:dialout 0660; doorstep is in gpio, video".
public struct PortAccess: Hashable, Sendable {
    /// The device's owner, group and permission bits.
    public var owner: String
    public var group: String
    public var mode: UInt32
    /// Whom this process runs as, and the groups that it is in.
    public var user: String
    public var groups: [String]

    public init(owner: String, group: String, mode: UInt32, user: String, groups: [String]) {
        self.owner = owner
        self.group = group
        self.mode = mode
        self.user = user
        self.groups = groups
    }

    /// What the system says about a device and about this process; nil where the path leads nowhere.
    init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        var groups = [gid_t](repeating: 0, count: 256)
        let count = unsafe getgroups(Int32(groups.count), &groups)
        let all = [getegid()] + groups.prefix(max(0, Int(count)))
        self.init(
            owner: Self.name(user: status.st_uid), group: Self.name(group: status.st_gid),
            mode: UInt32(status.st_mode) & 0o777, user: Self.name(user: geteuid()),
            groups: all.map { Self.name(group: $0) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
    }

    /// What is the case.
    public var cause: String {
        let octal = String(mode, radix: 8)
        let digits = String(repeating: "0", count: max(0, 4 - octal.count)) + octal
        let list = groups.isEmpty ? "no group" : groups.joined(separator: ", ")
        return "is \(owner):\(group) \(digits); \(user) is in \(list)"
    }

    /// What to do.
    public var hint: String {
        let groupMayUse = mode & 0o060 == 0o060
        if groupMayUse, !groups.contains(group), group != "root" {
            return "`adduser \(user) \(group)`, then start the program anew: groups are taken at the start"
        }
        if groupMayUse, groups.contains(group) {
            return "the permissions would do: a sandbox forbids it (a service's DeviceAllow=, a container)"
        }
        return "a udev rule must give it to a group: `SUBSYSTEM==\"tty\", GROUP=\"dialout\", MODE=\"0660\"`, "
            + "and \(user) must be in that group"
    }

    private static func name(user: uid_t) -> String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>? = nil
        var room = [CChar](repeating: 0, count: 4096)
        guard unsafe getpwuid_r(user, &entry, &room, room.count, &found) == 0, unsafe found != nil else {
            return String(user)
        }
        return unsafe String(cString: entry.pw_name)
    }

    private static func name(group: gid_t) -> String {
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>? = nil
        var room = [CChar](repeating: 0, count: 16_384)
        guard unsafe getgrgid_r(group, &entry, &room, room.count, &found) == 0, unsafe found != nil else {
            return String(group)
        }
        return unsafe String(cString: entry.gr_name)
    }
}
