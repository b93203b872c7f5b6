import RobotModel
import StructuredText

extension Field {
    /// How long a device may be silent: at least two of its own cycles, or every cycle would be late.
    ///
    /// - Parameter rate: The field that the period comes from; if that is wrong, so is the period.
    func staleAfter(period: Duration, from rate: Field) -> Duration {
        let limit = required("stale_after_ms")
        let value = limit.milliseconds(in: 1...60_000)
        if rate.isSound, limit.isSound, value < period * 2 {
            let shortest = Int((period * 2).inSeconds * 1000 + 0.5)
            limit.reject(
                "\(limit.path) is shorter than two cycles of the device",
                expected: "at least \(shortest) milliseconds", hint: "raise it, or the device's rate")
        }
        return value
    }

    /// Cycles a second; no more than ticks, since a set-point is handed over once a tick.
    func cycleRate(limit: Int) -> Int {
        let rate = required("rate")
        let value = rate.int(in: 1...2000, unit: "cycles a second")
        if value > limit {
            rate.reject(
                "\(rate.path) is \(value)", expected: "at most control.tick_rate, \(limit)",
                hint: "lower the rate, or raise control.tick_rate")
        }
        return value
    }

    /// A Modbus unit address (Modbus over Serial Line 1.02, section 2.2: 1...247; 0 is the broadcast).
    func modbusUnit() -> Int { required("unit").int(in: 1...247) }

    /// A Dynamixel id (protocol 2.0: 0...252; 254 is the broadcast).
    fileprivate func servoID() -> Int { required("id").int(in: 0...252) }

    /// Named postures, each within the joints' limits.
    fileprivate func postures(joints: [RevoluteJoint]) -> [String: [Double]] {
        var postures: [String: [Double]] = [:]
        for (name, value) in entries() {
            let angles = value.doubles(count: joints.count, unit: "radians")
            postures[name] = angles
            guard value.isSound else { continue }
            for (joint, angle) in zip(joints, angles)
            where joint.lower < joint.upper && !(joint.lower...joint.upper).contains(angle) {
                value.reject(
                    "posture '\(name)' puts \(joint.name) at \(angle)",
                    expected: "\(joint.lower) to \(joint.upper) radians")
            }
        }
        return postures
    }
}

/// The same number or name twice among fields that must differ.
func rejectDuplicates(_ fields: [Field], of kind: String, hint: String) {
    var paths: [String: String] = [:]
    for field in fields {
        guard let value = field.text else { continue }
        if let first = paths[value] {
            field.reject("\(kind) \(value) stands at \(first) already", expected: "a \(kind) of its own", hint: hint)
        } else {
            paths[value] = field.path
        }
    }
}

extension LidarSlot {
    /// - Parameter folder: Where a relative calibration file is looked for; empty, or ends with a slash.
    init(_ field: Field, slot: SlotID, folder: String) {
        let driver: Driver = field.required("driver").driver()
        let port = PortSettings(field.required("port"))
        let mount = Pose2D(field.required("mount"))
        let rpmField = field.required("motor_rpm")
        let rpm = rpmField.int(in: 60...1200, unit: "revolutions a minute")
        let lower = field.required("min_range").double(in: 0...5, unit: "metres")
        let upperField = field.required("max_range")
        let upper = upperField.double(in: 0.5...300, unit: "metres")
        if upperField.isSound, upper <= lower { upperField.reject("\(upperField.path) is not above min_range") }
        let calibration = field.optional("calibration")?.string()
        self.init(
            slot: slot, driver: driver, model: field.optional("model")?.string(),
            calibration: calibration.map { $0.hasPrefix("/") ? $0 : folder + $0 }, port: port, mount: mount,
            motorRPM: rpm, beams: field.required("beams").int(in: 90...4096),
            minRange: lower, maxRange: upper,
            staleAfter: field.staleAfter(period: .seconds(60) / rpm, from: rpmField))
    }
}

extension WheelSlot {
    init(_ field: Field, tickRate: Int) {
        let rate = field.cycleRate(limit: tickRate)
        let driver: Driver = field.required("driver").driver()
        self.init(
            driver: driver,
            port: PortSettings(field.required("port")),
            unit: driver == .zlac8015d ? field.modbusUnit() : 0,
            rate: rate,
            leftInverted: field.optional("left_inverted")?.bool() ?? false,
            rightInverted: field.optional("right_inverted")?.bool() ?? false,
            countsPerRevolution: driver == .zlac8015d
                ? field.required("counts_per_revolution").int(in: 4...10_000_000) : 0,
            staleAfter: field.staleAfter(period: .seconds(1) / rate, from: field.required("rate")))
    }
}

extension JointSlot {
    init(_ field: Field, tickRate: Int) {
        let rate = field.cycleRate(limit: tickRate)
        let driver: Driver = field.required("driver").driver()
        let port = PortSettings(field.required("port"))
        // Dynamixel's Bus Watchdog counts in 20 ms, 1...127 of them (XL430 control table, address 98).
        let watchdog = field.required("bus_watchdog_ms").milliseconds(in: 20...2540)
        let stale = field.staleAfter(period: .seconds(1) / rate, from: field.required("rate"))
        let jointFields = field.required("arm").list()
        let joints = jointFields.map { RevoluteJoint($0) }
        let heldFields = field.optional("held")?.list() ?? []
        let jointCount = jointFields.count + heldFields.count
        if jointCount > JointVector.capacity - 1 {
            (jointFields + heldFields)[JointVector.capacity - 1].reject(
                "joints has \(jointCount) joints",
                expected: "at most \(JointVector.capacity - 1) and a gripper")
        }
        if field.required("arm").isPresent, jointFields.isEmpty {
            field.required("arm").reject("joints.arm has no joints", expected: "a list of joints")
        }
        let gripperField = field.required("gripper")
        let gripper = GripperSettings(gripperField)
        rejectDuplicates(
            (jointFields + heldFields + [gripperField]).map { $0.required("id") }, of: "servo id",
            hint: "each servo has its own id")
        rejectDuplicates(
            (jointFields + heldFields).map { $0.required("name") }, of: "joint name", hint: "name every joint once")
        self.init(
            driver: driver, port: port, rate: rate, busWatchdog: watchdog, staleAfter: stale,
            arm: KinematicChain(joints: joints, tool: Pose3D(field.required("tool"))),
            ids: jointFields.map { $0.servoID() },
            signs: jointFields.map { $0.optional("inverted")?.bool() == true ? -1 : 1 },
            offsets: jointFields.map { $0.optional("offset")?.double(in: -7...7, unit: "radians") ?? 0 },
            held: heldFields.map { HeldJoint($0) }, gripper: gripper,
            contactCurrents: jointFields.map { $0.required("contact_current").double(in: 0.01...50, unit: "ampere") },
            postures: field.required("postures").postures(joints: joints))
    }
}

extension HeldJoint {
    /// `{ name, id, inverted: false, offset: 0 }`
    init(_ field: Field) {
        self.init(
            name: field.required("name").string(), id: field.servoID(),
            sign: field.optional("inverted")?.bool() == true ? -1 : 1,
            offset: field.optional("offset")?.double(in: -7...7, unit: "radians") ?? 0)
    }
}

extension RevoluteJoint {
    init(_ field: Field) {
        let lower = field.required("lower").double(in: -100...100, unit: "radians")
        let upperField = field.required("upper")
        let upper = upperField.double(in: -100...100, unit: "radians")
        if upperField.isSound, upper <= lower {
            upperField.reject(
                "\(upperField.path) is \(upper), not above lower, which is \(lower)", expected: "more than \(lower)",
                hint: "lower and upper may be interchanged")
        }
        let axis: Vector3 =
            switch field.required("axis").choice(of: ["x", "y", "z", "-x", "-y", "-z"]) {
            case "y": Vector3(0, 1, 0)
            case "z": Vector3(0, 0, 1)
            case "-x": Vector3(-1, 0, 0)
            case "-y": Vector3(0, -1, 0)
            case "-z": Vector3(0, 0, -1)
            default: Vector3(1, 0, 0)
            }
        self.init(
            name: field.required("name").string(), origin: Pose3D(field), axis: axis, lower: lower, upper: upper,
            maxVelocity: field.required("max_velocity").double(in: 0.01...50, unit: "rad/s"),
            maxAcceleration: field.required("max_acceleration").double(in: 0.01...500, unit: "rad/s²"))
    }
}

extension GripperSettings {
    init(_ field: Field) {
        self.init(
            id: field.servoID(),
            closedWidth: field.required("closed_width").double(in: -1...1, unit: "metres"),
            widthPerRadian: field.required("width_per_radian").double(in: -1...1, unit: "metres a radian"),
            maxWidth: field.required("max_width").double(in: 0.005...1, unit: "metres"),
            speed: field.required("speed").double(in: 0.001...1, unit: "m/s"),
            gripCurrent: field.required("grip_current").double(in: 0.01...50, unit: "ampere"))
        if widthPerRadian == 0 {
            field.required("width_per_radian").reject(
                "\(field.path).width_per_radian is 0", expected: "a number that is not 0",
                hint: "negative when the gripper closes with a growing angle")
        }
    }
}
