/// One error word of an ODrive, in words.
///
/// Sources: odriverobotics/ODrive Firmware/odrive-interface.yaml as its generated enums of 0.5.4...0.5.6 give it
/// (board, axis, motor, encoder, controller); for 0.6 the axis errors of the CANSimple description of 0.6.10. The text
/// protocol prints at most nine characters of a number, so bits above 2^29 may not come through.
public struct ODriveErrors: Hashable, Sendable {
    /// Whose word it is; the raw value is the property's name within the axis.
    public enum Word: String, Hashable, Sendable, CaseIterable {
        case board
        case axis = "error"
        case motor = "motor.error"
        case encoder = "encoder.error"
        case controller = "controller.error"
        /// All errors of an axis, since 0.6.
        case active = "active_errors"
    }

    public var word: Word
    public var bits: UInt64

    public init(_ word: Word, bits: UInt64) {
        self.word = word
        self.bits = bits
    }

    /// The drive stopped because the host fell silent: expected after every restart of the host.
    public var isOnlyWatchdog: Bool {
        switch word {
        case .axis: bits == 0x800
        case .active: bits == 0x0100_0000
        default: false
        }
    }

    /// The errors in words.
    public var names: [String] {
        let table = Self.table(word)
        var names = table.filter { bits & $0.bit != 0 }.map(\.name)
        let unknown = bits & ~table.reduce(0) { $0 | $1.bit }
        if unknown != 0 { names.append("unknown \(word) error bits 0x\(String(unknown, radix: 16))") }
        return names
    }

    /// What a person can do about the first of them.
    public var hint: String? { Self.table(word).first { bits & $0.bit != 0 }?.hint }

    private typealias Entry = (bit: UInt64, name: String, hint: String)

    private static func table(_ word: Word) -> [Entry] {
        switch word {
        case .board: board
        case .axis: axis
        case .motor: motor
        case .encoder: encoder
        case .controller: controller
        case .active: active
        }
    }

    private static let power = "check the battery, its fuse and plugs, and the brake resistor"
    private static let calibration = "run the full calibration with the maker's tool, and save it in the drive"
    private static let blocked = "check for a blocked wheel or too much load"
    private static let sensor = "check the encoder's plug and cable"
    private static let phase = "check the motor's three phase wires"
    private static let heat = "let the motor and the drive cool down, and check their load"
    private static let damaged = "switch the drive off and on; if it comes back the drive is damaged"
    private static let endstop = "free the end stop, or switch the end stops off in the drive"
    private static let silence = "the robot fell silent; if it comes again while driving, look at the line"

    private static let board: [Entry] = [
        (0x1, "control iteration missed", damaged), (0x2, "bus under-voltage", power), (0x4, "bus over-voltage", power),
        (0x8, "too much regenerated current", power), (0x10, "too much bus current", blocked),
        (0x20, "brake dead-time violation", damaged), (0x40, "brake duty cycle is no number", damaged),
        (0x80, "invalid brake resistance", "set the brake resistance in the drive, and save it"),
    ]
    private static let axis: [Entry] = [
        (0x1, "state refused", calibration), (0x40, "motor failed", phase), (0x100, "encoder failed", sensor),
        (0x200, "controller failed", calibration), (0x800, "watchdog expired", silence),
        (0x1000, "lower end stop pressed", endstop), (0x2000, "upper end stop pressed", endstop),
        (0x4000, "emergency stop requested", "release the emergency stop of the drive"),
        (0x2_0000, "homing without an end stop", endstop), (0x4_0000, "too hot", heat),
        (0x8_0000, "position unknown", calibration),
    ]
    private static let motor: [Entry] = [
        (0x1, "phase resistance out of range", phase), (0x2, "phase inductance out of range", phase),
        (0x8, "gate driver fault", damaged), (0x10, "control deadline missed", damaged),
        (0x80, "modulation out of range", power), (0x400, "current sensor saturated", blocked),
        (0x1000, "current limit exceeded", blocked), (0x1_0000, "modulation is no number", calibration),
        (0x2_0000, "motor too hot", heat), (0x4_0000, "power stage too hot", heat),
        (0x8_0000, "timer update missed", damaged), (0x10_0000, "current not measured", damaged),
        (0x20_0000, "controller failed", calibration), (0x40_0000, "bus current out of range", blocked),
        (0x80_0000, "brake resistor disarmed", power), (0x100_0000, "board error", damaged),
        (0x200_0000, "bad timing", damaged), (0x400_0000, "phase unknown", calibration),
        (0x800_0000, "phase speed unknown", calibration), (0x1000_0000, "torque unknown", calibration),
        (0x2000_0000, "current command unknown", calibration), (0x4000_0000, "current unknown", damaged),
        (0x8000_0000, "bus voltage unknown", damaged), (0x1_0000_0000, "voltage command unknown", calibration),
        (0x2_0000_0000, "gains unknown", calibration), (0x4_0000_0000, "controller starting", calibration),
        (0x8_0000_0000, "unbalanced phases", phase),
    ]
    private static let encoder: [Entry] = [
        (0x1, "encoder gain unstable", calibration), (0x2, "encoder does not fit the pole pairs", calibration),
        (0x4, "encoder does not answer", sensor), (0x8, "encoder mode not supported", calibration),
        (0x10, "illegal hall state", sensor), (0x20, "index not found yet", calibration),
        (0x40, "encoder time-out", sensor), (0x80, "encoder communication failed", sensor),
        (0x100, "encoder not ready", sensor), (0x200, "halls not calibrated", calibration),
    ]
    private static let controller: [Entry] = [
        (0x1, "over-speed", "check max_speed of the board file against the drive's velocity limit"),
        (0x2, "invalid input mode", calibration), (0x4, "controller gain unstable", calibration),
        (0x8, "invalid mirror axis", calibration), (0x10, "invalid load encoder", calibration),
        (0x20, "no valid estimate", sensor), (0x40, "invalid circular range", calibration),
        (0x80, "spin-out: the encoder slipped or the motor is miswired", sensor),
    ]
    private static let active: [Entry] = [
        (0x1, "starting", "wait until the drive has started"), (0x2, "system error", damaged),
        (0x4, "timing error", damaged), (0x8, "no position estimate", sensor), (0x10, "bad configuration", calibration),
        (0x20, "gate driver fault", damaged), (0x40, "input missing", calibration), (0x100, "bus over-voltage", power),
        (0x200, "bus under-voltage", power), (0x400, "too much bus current", blocked),
        (0x800, "too much regenerated current", power), (0x1000, "current limit exceeded", blocked),
        (0x2000, "motor too hot", heat), (0x4000, "power stage too hot", heat),
        (0x8000, "over-speed", "check max_speed of the board file against the drive's velocity limit"),
        (0x1_0000, "position limit exceeded", calibration), (0x100_0000, "watchdog expired", silence),
        (0x200_0000, "emergency stop requested", "release the emergency stop of the drive"),
        (0x400_0000, "spin-out: the encoder slipped or the motor is miswired", sensor),
        (0x800_0000, "brake resistor disarmed", power), (0x1000_0000, "thermistor disconnected", heat),
        (0x4000_0000, "calibration failed", calibration),
    ]
}
