import BoardFile
import DeviceIO

// Serial ports, who else wants them, and GPIO chips.
extension Doctor {
    /// The board's serial ports by slot; network ports have no device file.
    private var ports: [(slot: String, path: String)] {
        guard let board else { return [] }
        var ports = board.lidars.map { ("\($0.slot)", $0.port.path) }
        ports += [("wheels", board.wheels.port.path), ("joints", board.joints.port.path)]
        ports += board.jointEncoders.map { [("joint_encoders", $0.port.path)] } ?? []
        ports += board.battery.monitor.map { [("battery", $0.port.path)] } ?? []
        ports += board.inertial.map { [("inertial", $0.port.path)] } ?? []
        ports += board.facilities.map { [("facilities", $0.port.path)] } ?? []
        ports += [
            ("box_radio", board.boxRadio.port.path), ("keypad", board.keypad.port.path),
            ("console", board.console.port.path),
        ]
        return ports.filter { !SerialLine.isNetwork($0.1) }
    }

    var serialPorts: [Finding] {
        ports.flatMap { slot, path -> [Finding] in
            let check = "port \(slot)"
            guard let device = view.resolved(path) else {
                return [
                    Finding(
                        check, .bad, "\(path) is not there",
                        hint: "plug the adapter in; `ls -l /dev/serial/by-id` shows what is there")
                ]
            }
            let troubles = [access(check, path, device), latency(check, device), holder(check, path, device)]
                .compactMap { $0 }
            return troubles.isEmpty ? [Finding(check, .good, "\(path) (\(device))")] : troubles
        }
    }

    /// Whether the daemon's user may open the device.
    private func access(_ check: String, _ path: String, _ device: String) -> Finding? {
        guard let owner = view.owner(of: device), let id = userID else { return nil }
        let may =
            owner.mode & 0o006 == 0o006 || (owner.user == id && owner.mode & 0o600 == 0o600)
            || (groups.contains(owner.group) && owner.mode & 0o060 == 0o060) || id == 0
        if may { return nil }
        let name = groupName(owner.group)
        return Finding(
            check, .bad, "\(user) may not open \(path): it belongs to the group \(name)",
            hint: owner.mode & 0o060 == 0o060
                ? "`adduser \(user) \(name)`, then restart the service"
                : "the group may not, either: install the udev rules of the package")
    }

    /// An FTDI adapter that waits 16 ms for more bytes makes every exchange as long.
    private func latency(_ check: String, _ device: String) -> Finding? {
        let name = device.split(separator: "/").last.map(String.init) ?? ""
        guard let timer = view.text("/sys/bus/usb-serial/devices/\(name)/latency_timer").flatMap({ Int($0) }), timer > 1
        else { return nil }
        return Finding(
            check, .advice, "\(device)'s adapter holds bytes back for \(timer) ms",
            hint:
                "`echo 1 > /sys/bus/usb-serial/devices/\(name)/latency_timer`; the package's udev rules do it at every plug"
        )
    }

    /// Another program that has the device open.
    private func holder(_ check: String, _ path: String, _ device: String) -> Finding? {
        for process in view.names("/proc") ?? [] where Int(process) != nil {
            let files = view.names("/proc/\(process)/fd") ?? []
            guard files.contains(where: { view.resolved("/proc/\(process)/fd/\($0)") == device }) else { continue }
            let command = view.text("/proc/\(process)/comm") ?? "?"
            if command == "doorstepd" { continue }
            return Finding(
                check, .bad, "\(path) is held by pid \(process) (\(command))",
                hint: "stop it: two readers of one line take each other's bytes")
        }
        return nil
    }

    /// Programs that open every serial port that they see.
    var meddlers: [Finding] {
        let known = ["ModemManager": "modemmanager", "brltty": "brltty"]
        let running = (view.names("/proc") ?? []).filter { Int($0) != nil }.compactMap { view.text("/proc/\($0)/comm") }
        let found = known.keys.sorted().filter { running.contains($0) }
        if found.isEmpty { return [Finding("meddlers", .good, "no program that tries out serial ports runs")] }
        return found.map { name in
            Finding(
                "meddlers", .advice, "\(name) runs: it opens every serial port that is plugged in, and writes to it",
                hint: "`apt purge \(known[name] ?? name)`")
        }
    }

    var chips: [Finding] {
        guard let board else { return [] }
        let named = board.gpio.map(\.chip) + (board.wheelEncoders.map { [$0.chip] } ?? [])
        let chips = named.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        return chips.filter { !$0.contains(":") }.map { chip in
            let path = chip.hasPrefix("/") ? chip : "/dev/\(chip)"
            let check = "chip \(chip)"
            guard let device = view.resolved(path) else {
                return Finding(
                    check, .bad, "\(path) is not there",
                    hint: "`gpiodetect` lists the chips; the kernel needs GPIO_CDEV, and the user the group gpio")
            }
            return access(check, path, device) ?? Finding(check, .good, "\(path), through \(SystemGPIOLines.interface)")
        }
    }

    // MARK: Users

    private var userID: Int? {
        for line in (view.text("/etc/passwd") ?? "").split(separator: "\n") {
            let words = line.split(separator: ":", omittingEmptySubsequences: false)
            if words.count > 3, words[0] == user { return Int(words[2]) }
        }
        return nil
    }

    private var groups: Set<Int> {
        var groups: Set<Int> = []
        for line in (view.text("/etc/passwd") ?? "").split(separator: "\n") {
            let words = line.split(separator: ":", omittingEmptySubsequences: false)
            if words.count > 3, words[0] == user, let group = Int(words[3]) { groups.insert(group) }
        }
        for words in groupLines where words[3].split(separator: ",").contains(Substring(user)) {
            if let group = Int(words[2]) { groups.insert(group) }
        }
        return groups
    }

    private var groupLines: [[Substring]] {
        (view.text("/etc/group") ?? "").split(separator: "\n")
            .map { $0.split(separator: ":", omittingEmptySubsequences: false) }.filter { $0.count >= 4 }
    }

    private func groupName(_ id: Int) -> String {
        groupLines.first { Int($0[2]) == id }.map { String($0[0]) } ?? "\(id)"
    }
}
