public import DeviceIO
public import RobotModel

extension RobotError {
    /// A port's failure in a person's words, with what to do about it.
    public init(_ error: PortError, slot: SlotID, line: SerialLine) {
        let port = "\(slot) (\(line.path))"
        if SerialLine.isNetwork(line.path) {
            self.init(error, network: port)
            return
        }
        switch error.code {
        case .noSuchDevice:
            self.init(
                .noSuchDevice, "\(port): no such device: \(error.cause)",
                hint: error.hint ?? "check the cable and its power; `ls -l /dev/serial/by-id` shows what is plugged in")
        case .noPermission:
            self.init(
                .noPermission, "\(port): no permission: \(error.cause)",
                hint: error.hint ?? "the user of the daemon must be in the group dialout (`adduser <user> dialout`)")
        case .busy:
            self.init(
                .busy, "\(port): another program holds the port: \(error.cause)",
                hint: error.hint ?? "`sudo fuser -v \(line.path)` names it; stop it")
        case .wrongRate:
            self.init(
                .refused, "\(port): the port does not run at \(line.baudRate) bit/s \(line.format): \(error.cause)",
                hint: error.hint ?? "choose a rate and a format that the adapter knows, here and in the device")
        case .lost:
            self.init(
                .lost, "\(port): the device went away: \(error.cause)",
                hint: "check the plug and the device's power; it is taken back by itself")
        case .failed:
            self.init(
                .unavailable, "\(port): the port failed: \(error.cause)",
                hint: "unplug the adapter and plug it in again")
        }
    }

    /// The failure of a port that is reached over IP in a person's words.
    private init(_ error: PortError, network port: String) {
        switch error.code {
        case .noSuchDevice:
            self.init(
                .noSuchDevice, "\(port): cannot be opened: \(error.cause)",
                hint: "`ip address` shows this machine's addresses; `ping` the device's; is the cable in, its light on?"
            )
        case .noPermission:
            self.init(
                .noPermission, "\(port): no permission: \(error.cause)",
                hint: "ports below 1024 belong to root: choose a higher one, here and in the device")
        case .busy:
            self.init(
                .busy, "\(port): another program holds the port: \(error.cause)",
                hint: "`ss -lunp` (UDP) or `ss -ltnp` (TCP) names it; stop it")
        case .lost:
            self.init(
                .lost, "\(port): the connection is gone: \(error.cause)",
                hint: "check the network cable and the device's power; it is taken back by itself")
        case .wrongRate, .failed:
            self.init(
                .unavailable, "\(port): the port failed: \(error.cause)",
                hint: "is the interface up? `ip link` shows it")
        }
    }

    /// A GPIO line's failure in a person's words.
    public init(_ error: PortError, slot: SlotID, role: String, chip: String) {
        let line = "\(slot) line \(role) (\(chip))"
        switch error.code {
        case .noSuchDevice:
            self.init(
                .noSuchDevice, "\(line): no such chip or line: \(error.cause)",
                hint: "`gpiodetect` and `gpioinfo` show the chips and lines; correct the board file")
        case .noPermission:
            self.init(
                .noPermission, "\(line): no permission: \(error.cause)",
                hint: "the user of the daemon must be in the group gpio")
        case .busy:
            self.init(
                .busy, "\(line): another program holds the line: \(error.cause)", hint: "`gpioinfo` names it; stop it")
        case .lost:
            self.init(.lost, "\(line): the chip went away: \(error.cause)", hint: "it is taken back by itself")
        case .wrongRate, .failed:
            self.init(.unavailable, "\(line): the line failed: \(error.cause)", hint: "check the wiring")
        }
    }
}
