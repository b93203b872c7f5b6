import RobotModel
import StructuredText

extension Field {
    /// A choice among a driver's names.
    func driver<Driver: RawRepresentable & CaseIterable>() -> Driver where Driver.RawValue == String {
        let name = choice(of: Driver.allCases.map(\.rawValue))
        return Driver(rawValue: name) ?? Driver.allCases.first!
    }
}

extension WheelEncoderSlot {
    /// `{ chip, left: { a: 20, b: 21 }, right: { a: 22, b: 23, inverted: true }, counts_per_revolution, stale_after_ms }`
    init(_ field: Field) {
        func encoder(_ field: Field) -> Encoder {
            let b = field.required("b")
            let encoder = Encoder(
                lineA: field.required("a").int(in: 0...1023), lineB: b.int(in: 0...1023),
                inverted: field.optional("inverted")?.bool() ?? false)
            if b.isSound, encoder.lineA == encoder.lineB {
                b.reject("\(b.path) is the same line as a", expected: "two lines for an encoder")
            }
            return encoder
        }
        self.init(
            chip: field.required("chip").string(), left: encoder(field.required("left")),
            right: encoder(field.required("right")),
            countsPerRevolution: field.required("counts_per_revolution").int(in: 4...10_000_000),
            staleAfter: field.required("stale_after_ms").milliseconds(in: 1...60_000))
    }
}

extension JointEncoderSlot {
    /// `{ driver: amt21, port, rate, max_difference, stale_after_ms, encoders: [{ joint, address, inverted, offset }] }`
    init(_ field: Field, joints: [RevoluteJoint], tickRate: Int) {
        let list = field.required("encoders").list()
        rejectDuplicates(list.map { $0.required("address") }, of: "encoder address", hint: "each encoder has its own")
        rejectDuplicates(list.map { $0.required("joint") }, of: "joint", hint: "one encoder for a joint")
        let names = joints.map(\.name)
        let rate = field.cycleRate(limit: tickRate)
        self.init(
            driver: field.required("driver").driver(), port: PortSettings(field.required("port")), rate: rate,
            encoders: list.map { entry in
                let name = entry.required("joint").choice(of: names)
                let address = entry.required("address")
                let number = address.int(in: 0...255)
                // AMT21 datasheet: the two low bits of an address are the command's.
                if address.isSound, number % 4 != 0 {
                    address.reject("\(address.path) is \(number)", expected: "a multiple of 4 (0x54 is 84)")
                }
                return Encoder(
                    joint: names.firstIndex(of: name) ?? 0, address: number,
                    sign: entry.optional("inverted")?.bool() == true ? -1 : 1,
                    offset: entry.optional("offset")?.double(in: -7...7, unit: "radians") ?? 0)
            },
            maxDifference: field.required("max_difference").double(in: 0.005...1, unit: "radians"),
            staleAfter: field.staleAfter(period: .seconds(1) / rate, from: field.required("rate")))
    }
}

extension BatteryMonitorSlot {
    /// `{ driver: daly, port, stale_after_ms }`
    init(_ field: Field) {
        self.init(
            driver: field.required("driver").driver(), port: PortSettings(field.required("port")),
            // The drivers ask twice a second; less than three questions would be a false alarm.
            staleAfter: field.required("stale_after_ms").milliseconds(in: 1500...600_000))
    }
}

extension InertialSlot {
    /// `{ driver: witmotion, port, rate: 50, rpy: [0, 0, 0], stale_after_ms }`
    init(_ field: Field) {
        let angles = field.optional("rpy")?.doubles(count: 3, in: -7...7, unit: "radians") ?? [0, 0, 0]
        self.init(
            driver: field.required("driver").driver(), port: PortSettings(field.required("port")),
            outputRate: field.required("rate").double(in: 0.2...200, unit: "outputs a second"), roll: angles[0],
            pitch: angles[1], yaw: angles[2],
            staleAfter: field.required("stale_after_ms").milliseconds(in: 20...60_000))
    }
}
