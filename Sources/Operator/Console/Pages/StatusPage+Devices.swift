import Control
import RobotModel

extension RobotStatus {
    /// One row a device.
    var deviceTable: [PageLine] {
        var table = TextTable("DEVICE", "PHASE", ">FRAMES", ">ERRORS", ">AGE", "IDENTITY")
        for device in devices {
            table.add(
                device.slot, device.condition, "\(device.frames)",
                "\(device.checksumErrors + device.resyncs + device.timeouts)", ageText(device.age), device.identity,
                isAlert: !device.isInService)
        }
        return table.lines + devices.compactMap(\.faultLines).flatMap { $0 }
    }

    /// Everything about one device.
    func devicePage(_ name: String) -> [PageLine] {
        guard let device = devices.first(where: { $0.slot == name }) else {
            return [PageLine("there is no device \(name)", .alert)]
                + PageLine.wrap(
                    "  "
                        + suggestion(
                            for: name, among: devices.map(\.slot),
                            otherwise: "there are " + devices.map(\.slot).joined(separator: ", ")), indent: 2)
        }
        var lines = PageLine.fields(
            [
                ("device", device.slot), ("phase", device.condition), ("identity", device.identity),
                ("port", device.port), ("last good", ageText(device.age) + (device.age == nil ? "" : " ago")),
                ("frames", "\(device.frames)"),
                ("bytes", "\(bytesText(device.bytesIn)) in, \(bytesText(device.bytesOut)) out"),
                (
                    "errors",
                    "\(device.checksumErrors) checksum, \(device.resyncs) resync, \(device.timeouts) timeout"
                ),
                ("reconnects", "\(device.reconnects)"),
            ], alerts: device.isInService ? [] : ["phase"])
        lines += device.faultLines ?? []
        return lines
    }

    /// One row a joint.
    var jointTable: [PageLine] {
        var table = TextTable("JOINT", ">POSITION", ">VELOCITY", ">CURRENT", "TORQUE", "ALERT")
        for joint in joints {
            let unit = joint.name == "gripper" ? "m" : "rad"
            table.add(
                joint.name, "\(fixed(joint.position, 3)) \(unit)", "\(fixed(joint.velocity, 2)) \(unit)/s",
                "\(fixed(joint.current, 2)) A", joint.torque ? "on" : "off", joint.alert ? "ALERT" : "-",
                isAlert: joint.alert)
        }
        var lines = table.lines
        if joints.contains(where: \.alert) {
            lines += PageLine.wrap(
                "A servo in alert has let go (heat, load or voltage). Look at the arm, hold it, then `alerts clear`.")
        }
        return lines
    }

    /// The wheels.
    var wheelPage: [PageLine] {
        var table = TextTable("WHEEL", ">POSITION", ">VELOCITY", "FAULT")
        let sides = [
            ("left", wheels.leftPosition, wheels.leftVelocity, wheels.leftFault),
            ("right", wheels.rightPosition, wheels.rightVelocity, wheels.rightFault),
        ]
        for (name, position, velocity, fault) in sides {
            let word = fault == 0 ? "-" : "0x" + String(fault, radix: 16, uppercase: true)
            table.add(
                name, "\(fixed(position, 2)) rad", "\(fixed(velocity, 2)) rad/s", word, isAlert: fault != 0)
        }
        return table.lines + [PageLine("power \(wheels.enabled ? "on" : "off")")]
    }

    /// The switches and the lock.
    var gpioTable: [PageLine] {
        var table = TextTable("LINE", "STATE")
        table.add("emergency stop", gpio.emergencyStop ? "PRESSED" : "released", isAlert: gpio.emergencyStop)
        table.add("bumper", gpio.bumper ? "HIT" : "free", isAlert: gpio.bumper)
        table.add("lid", gpio.lidOpen ? "open" : "closed")
        table.add("load", gpio.loaded ? "in the compartment" : "empty")
        table.add("lock", gpio.unlocked ? "unlocked" : "locked")
        return table.lines
    }
}

extension DeviceSection {
    /// What is wrong with the device and what to do, if something is.
    var faultLines: [PageLine]? {
        fault.map { PageLine.wrap("\(slot): \($0.description)", indent: 2, style: .alert) }
    }
}
