#if canImport(Glibc)
    import Glibc
#endif

// Why a port could not be opened, found out where it failed: who holds it, who may open it, what is there instead.

extension PortError {
    /// How many names are offered at most.
    private static let offered = 4

    /// An opening of a serial device that failed with this error number.
    static func opening(_ path: String, device: String, failed code: Int32) -> PortError {
        var error = Descriptor.openingError(code, port: path)
        switch error.code {
        case .noSuchDevice: return missing(path)
        case .noPermission:
            if let access = PortAccess(path: device) {
                error.cause = access.cause
                error.hint = access.hint
            }
        case .busy:
            // Somebody has opened it for himself alone.
            let lock = PortHolders.lockHolder(ofDeviceAt: device)
            return held(path, lock == nil ? PortHolders(ofDeviceAt: device) : .none, lock: lock)
        case .wrongRate, .lost, .failed:
            let holders = PortHolders(ofDeviceAt: device)
            if !holders.openers.isEmpty { error.cause += "; \(list(holders.openers)) has it open" }
        }
        return error
    }

    /// A path that leads to no device: what of it is there, and what is plugged in instead.
    static func missing(_ path: String) -> PortError {
        var cause = "there is no \(path)"
        if let target = Folder.target(of: path) { cause = "the link leads to \(target), which is gone" }
        var error = PortError(.noSuchDevice, port: path, cause: cause)
        let names = candidates(for: path)
        error.hint =
            names.isEmpty
            ? "nothing is plugged in that has a name there; check the cable and its power"
            : "plugged in now: \(names.prefix(offered).joined(separator: ", "))"
                + (names.count > offered ? " and \(names.count - offered) more" : "")
        return error
    }

    /// The names that lead to a device now, those that look most like the missing one first.
    ///
    /// A folder of links (by-id, by-path) is listed itself; for a plain /dev/ttyUSB0 the names by id are what to use.
    static func candidates(for path: String) -> [String] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let parent = parts.dropLast().joined(separator: "/")
        let folder = parent.isEmpty || parent == "/dev" ? "/dev/serial/by-id" : parent
        let wanted = String(parts.last ?? "")
        func likeness(_ name: String) -> Int {
            let (a, b) = (Array(name.utf8), Array(wanted.utf8))
            return zip(a, b).prefix { $0 == $1 }.count + zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count
        }
        return (Folder.names(folder) ?? [])
            .map { (name: $0, path: "\(folder)/\($0)") }
            .filter { $0.name != wanted && Folder.isWholeLink($0.path) }
            .sorted { (likeness($1.name), $0.name) < (likeness($0.name), $1.name) }
            .map(\.path)
    }

    /// Another process has the port.
    static func held(_ path: String, _ holders: PortHolders, lock: PortHolders.Holder?) -> PortError {
        var error = PortError(.busy, port: path, cause: "held by another process")
        if let lock {
            error.cause = "held by \(lock)"
        } else if !holders.openers.isEmpty {
            error.cause = "open in \(list(holders.openers)), which takes no lock"
        }
        if let holder = lock ?? holders.openers.first {
            error.hint = advice(holder)
        } else if !holders.sawAll {
            error.hint = "this user may not see whose it is; `sudo doorstep device probe \(path)` can"
        }
        return error
    }

    private static func advice(_ holder: PortHolders.Holder) -> String {
        switch holder.command {
        case "ModemManager":
            "it tries every serial port for a modem: `systemctl mask --now ModemManager`, or give the adapter "
                + "ID_MM_DEVICE_IGNORE in a udev rule"
        case "brltty": "it takes some adapters for Braille displays: `apt remove brltty`"
        case "agetty", "getty": "a login waits on this port: `systemctl disable --now serial-getty@` for it"
        default: "stop it, or give this slot another port; two readers steal each other's bytes"
        }
    }

    private static func list(_ holders: [PortHolders.Holder]) -> String {
        holders.prefix(3).map(\.description).joined(separator: ", ")
    }
}
