public import RobotModel

// What the words of a frame are in SI units, both ways.

extension WitMotionFrame {
    /// m/s² a step: 16 g over 32768, with the standard acceleration of free fall.
    public static let accelerationStep = 16 * 9.80665 / 32768
    /// rad/s a step: 2000 °/s over 32768.
    public static let angularVelocityStep = 2000 / 32768 * Double.pi / 180
    /// Radians a step: 180° over 32768.
    public static let angleStep = Double.pi / 32768

    /// An acceleration in m/s² and a temperature in °C.
    public static func acceleration(_ acceleration: Vector3, temperature: Double) -> WitMotionFrame {
        vector(.acceleration, acceleration, step: accelerationStep, last: steps(temperature, 0.01))
    }

    /// An angular velocity in rad/s.
    public static func angularVelocity(_ velocity: Vector3, temperature: Double) -> WitMotionFrame {
        vector(.angularVelocity, velocity, step: angularVelocityStep, last: steps(temperature, 0.01))
    }

    /// Roll, pitch and yaw in radians.
    public static func angle(roll: Double, pitch: Double, yaw: Double, version: Int16 = 0) -> WitMotionFrame {
        vector(.angle, Vector3(roll, pitch, yaw), step: angleStep, last: version)
    }

    /// A pressure in Pa and the height in m that the unit makes of it.
    public static func pressure(_ pressure: Double, height: Double) -> WitMotionFrame {
        WitMotionFrame(
            .pressure, longs: Int32(clamping: Int(pressure.rounded())), Int32(clamping: Int((height * 100).rounded())))
    }

    /// The first three words times a step.
    public func vector(step: Double) -> Vector3 { Vector3(Double(word(0)), Double(word(1)), Double(word(2))) * step }

    /// °C of an acceleration frame.
    public var temperature: Double { Double(word(3)) / 100 }

    private static func vector(_ kind: Kind, _ value: Vector3, step: Double, last: Int16) -> WitMotionFrame {
        WitMotionFrame(kind, words: steps(value.x, step), steps(value.y, step), steps(value.z, step), last)
    }

    private static func steps(_ value: Double, _ step: Double) -> Int16 {
        Int16(max(-32768, min(32767, (value / step).rounded())))
    }
}
