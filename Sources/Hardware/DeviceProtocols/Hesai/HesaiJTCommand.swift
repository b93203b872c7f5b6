/// A command to a JT16, or its answer, which comes between the packets of points.
///
///     "$LDCMD," or "$LDACK," | length | command | payload | four random bytes | CRC-32/MPEG-2 | EE FF
///
/// The length counts command and payload; it, and not the next EE FF, says where the frame ends: a payload may hold those two
/// bytes. The sum goes from the length to the random bytes, padded with zeros to whole words. Source: HesaiLidar_SDK_2.0
/// V2.0.11, SerialClient.
public struct HesaiJTCommand: Hashable, Sendable {
    public enum Direction: Hashable, Sendable { case command, answer }

    public var direction: Direction
    public var command: UInt8
    public var payload: [UInt8]
    public var random: UInt32

    public init(_ direction: Direction, command: UInt8, payload: [UInt8], random: UInt32) {
        self.direction = direction
        self.command = command
        self.payload = payload
        self.random = random
    }

    /// Asks for the channels' angles.
    public static func askAngles(random: UInt32) -> HesaiJTCommand {
        HesaiJTCommand(.command, command: 2, payload: [7, 0], random: random)
    }

    /// Asks for the serial number.
    public static func askSerialNumber(random: UInt32) -> HesaiJTCommand {
        HesaiJTCommand(.command, command: 2, payload: [0x0A, 1] + [UInt8](repeating: 0, count: 36), random: random)
    }

    /// Has the device turn and measure, or stand by.
    public static func setRunning(_ runs: Bool, random: UInt32) -> HesaiJTCommand {
        HesaiJTCommand(.command, command: 3, payload: [runs ? 0 : 1, 0], random: random)
    }

    /// The longest frame.
    static let longest = 18 + 255
    static let command = Array("$LDCMD,".utf8)
    static let answer = Array("$LDACK,".utf8)

    public var encoded: [UInt8] {
        let body = [UInt8(truncatingIfNeeded: payload.count + 1), command] + payload.prefix(254)
        let guarded = body + LittleEndian.bytes(random)
        let crc = CRC32MPEG2.padded(guarded)
        return (direction == .command ? Self.command : Self.answer) + guarded + LittleEndian.bytes(crc) + [0xEE, 0xFF]
    }

    /// The return code at an answer's end: 0 where all is well.
    public var code: UInt8 { payload.last ?? 0xFF }

    /// What a return code says, in words.
    public var meaning: String {
        switch code {
        case 0: "done"
        case 1, 2: "it does not know the command"
        case 3, 4: "it could not do it"
        case 5: "it took too long"
        case 0x31: "parts were lost"
        case 0x32: "the sum was wrong"
        case 0x33: "the format was wrong"
        default: "return code \(code)"
        }
    }

    /// The channels' angles out of the answer to `askAngles`: sixteen azimuths, sixteen elevations, hundredths of a degree.
    public var angles: HesaiCalibration? {
        guard direction == .answer, command == 2, payload.count == 68, payload[0] == 7, payload[2] == 64, code == 0
        else {
            return nil
        }
        func number(_ index: Int) -> Double {
            Double(LittleEndian.number(Int16.self, in: payload, at: 3 + index * 2) ?? 0) / 100
        }
        return HesaiCalibration(elevations: (16..<32).map(number), azimuths: (0..<16).map(number))
    }

    /// The serial number out of the answer to `askSerialNumber`.
    public var serialNumber: String? {
        guard direction == .answer, command == 2, payload.count == 39, payload[0] == 0x0A, payload[1] == 1, code == 0
        else { return nil }
        return String(decoding: payload[2..<38].prefix { $0 != 0 }.filter { (0x20..<0x7F).contains($0) }, as: UTF8.self)
    }

    /// The answer that gives out angles.
    public static func answer(angles: HesaiCalibration, random: UInt32) -> HesaiJTCommand {
        let numbers = (angles.azimuths + angles.elevations).map { Int16(clamping: Int(($0 * 100).rounded())) }
        return HesaiJTCommand(
            .answer, command: 2, payload: [7, 0, 64] + numbers.flatMap { LittleEndian.bytes($0) } + [0], random: random)
    }

    /// The answer that gives out a serial number of at most 36 characters.
    public static func answer(serialNumber: String, random: UInt32) -> HesaiJTCommand {
        let text = Array(serialNumber.utf8.prefix(36))
        let padding = [UInt8](repeating: 0, count: 36 - text.count)
        return HesaiJTCommand(.answer, command: 2, payload: [0x0A, 1] + text + padding + [0], random: random)
    }
}
