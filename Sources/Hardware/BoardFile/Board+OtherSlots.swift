import RobotModel
import StructuredText

extension FacilitySlot {
    init(_ field: Field) {
        let doorFields = field.required("doors").entries()
        let liftFields = field.required("lifts").entries()
        rejectDuplicates(doorFields.map(\.value), of: "door number", hint: "two doors cannot share a relay")
        rejectDuplicates(
            liftFields.map { $0.value.required("number") }, of: "lift number", hint: "two lifts cannot share a relay")
        self.init(
            driver: field.required("driver").choice(of: ["relay-box"]),
            port: PortSettings(field.required("port")),
            unit: field.modbusUnit(),
            doors: Dictionary(
                doorFields.map { (DoorID($0.key), $0.value.int(in: 1...99)) }, uniquingKeysWith: { first, _ in first }),
            lifts: Dictionary(
                liftFields.map { (LiftID($0.key), LiftWiring($0.value)) }, uniquingKeysWith: { first, _ in first }))
    }
}

extension LiftWiring {
    init(_ field: Field) {
        let floorFields = field.required("floors").entries()
        rejectDuplicates(floorFields.map(\.value), of: "floor number", hint: "every level has its own floor")
        self.init(
            number: field.required("number").int(in: 1...99),
            floors: Dictionary(
                floorFields.map { (LevelID($0.key), $0.value.int(in: 0...255)) },
                uniquingKeysWith: { first, _ in first }
            ))
    }
}

extension BoxRadioSlot {
    init(_ field: Field) {
        self.init(
            driver: field.required("driver").choice(of: ["box-radio"]),
            port: PortSettings(field.required("port")), unit: field.modbusUnit())
    }
}

extension GPIOSlot {
    /// Lines by their role; the emergency stop must be there.
    static func all(_ field: Field) -> [GPIOSlot] {
        var slots: [GPIOSlot] = []
        var users: [String: String] = [:]
        for role in Role.allCases {
            let found = role == .emergencyStop ? field.required(role.rawValue) : field.optional(role.rawValue)
            guard let found, found.isPresent else { continue }
            let lineField = found.required("line")
            let slot = GPIOSlot(
                role: role, chip: found.required("chip").string(),
                line: lineField.int(in: 0...1023),
                activeLow: found.required("active_low").bool())
            let wire = "\(slot.chip) line \(slot.line)"
            if let user = users[wire], lineField.isPresent {
                lineField.reject(
                    "\(role.rawValue) and \(user) share \(wire)", expected: "a line for each role")
            }
            users[wire] = role.rawValue
            slots.append(slot)
        }
        return slots
    }
}

extension BatterySettings {
    init(_ field: Field) {
        let curveField = field.required("curve")
        let points = curveField.list().map { point in
            let values = point.doubles(count: 2)
            if !(0...1).contains(values[1]) {
                point.reject("\(point.path) has the state of charge \(values[1])", expected: "0 to 1")
            }
            return (voltage: values[0], stateOfCharge: values[1])
        }
        if curveField.isPresent {
            let rises = zip(points, points.dropFirst()).allSatisfy {
                $0.voltage < $1.voltage && $0.stateOfCharge < $1.stateOfCharge
            }
            if points.count < 2 || !rises {
                curveField.reject(
                    "battery.curve does not rise", expected: "two points or more [volts, state of charge], both rising")
            }
        }
        self.init(
            capacity: field.required("capacity_wh").double(in: 1...100_000, unit: "watt-hours"),
            reserve: field.required("reserve").double(in: 0...0.9),
            drivingPower: field.required("driving_power_w").double(in: 1...10_000, unit: "watts"),
            standingPower: field.required("standing_power_w").double(in: 0...10_000, unit: "watts"),
            curve: points, chargerRise: field.optional("charger_rise_v")?.double(in: 0...10, unit: "volts") ?? 0,
            monitor: field.optional("monitor").map { BatteryMonitorSlot($0) })
    }
}

extension ConsoleSlot {
    init(_ field: Field) {
        self.init(
            port: PortSettings(field.required("port")), unlockHash: field.required("unlock_hash").string())
    }
}

extension ReflowSettings {
    init(_ field: Field) {
        let stationField = field.optional("station")
        let station = stationField?.string()
        if let station, !station.isEmpty, !station.hasPrefix("http://"), !station.hasPrefix("https://") {
            stationField?.reject(
                "reflow.station is '\(station)'", expected: "an address that begins with http:// or https://",
                hint: "leave the key out to record only")
        }
        self.init(
            directory: field.required("directory").string(), station: station,
            quota: field.required("quota_mb").int(in: 10...10_000_000, unit: "megabytes") * 1_000_000)
    }
}
