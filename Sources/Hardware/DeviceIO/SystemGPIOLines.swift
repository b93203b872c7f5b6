import CGPIOD

/// Requests the machine's GPIO lines: a chip's through libgpiod, a twin's through its socket ("socket:/path").
public struct SystemGPIOLines: GPIOLineOpening {
    /// What a chip's name begins with when it is a twin's socket.
    static let socketPrefix = "socket:"

    /// Which of libgpiod's interfaces this program was built with: "libgpiod 1" or "libgpiod 2".
    public static var interface: String { unsafe String(cString: doorstep_gpio_interface()) }

    public init() {}

    /// Requests a line.
    ///
    /// Throws `PortError`: `noSuchDevice`, `noPermission`, `busy` (another program has the line), `failed`.
    public func open(_ request: GPIORequest) throws(PortError) -> any GPIOLine {
        if request.chip.hasPrefix(Self.socketPrefix) {
            return try SocketGPIOLine(request, path: String(request.chip.dropFirst(Self.socketPrefix.count)))
        }
        return try ChipGPIOLine(request)
    }

    /// Requests inputs that are read together.
    public func openTogether(_ requests: [GPIORequest]) throws(PortError) -> any GPIOLineGroup {
        guard let chip = requests.first?.chip, chip.hasPrefix(Self.socketPrefix) else {
            return try ChipGPIOGroup(requests)
        }
        let path = String(chip.dropFirst(Self.socketPrefix.count))
        var lines: [any GPIOLine] = []
        for request in requests {
            lines.append(try SocketGPIOLine(request, path: path, edgeCapacity: SocketGPIOLine.groupCapacity))
        }
        return MergedGPIOLines(lines)
    }
}
