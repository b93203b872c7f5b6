/// A frame of Hesai's command protocol over TCP 9347, version 1: a question, or the answer to it, which has the same shape.
///
///     47 74 | command | return code | length, most significant byte first | payload
public struct HesaiPTC: Hashable, Sendable {
    /// What is asked. Only what changes nothing is here.
    public struct Command: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The file with the channels' angles.
        public static let calibration = Command(rawValue: 0x05)
        /// Who the device is.
        public static let inventory = Command(rawValue: 0x07)
        public static let status = Command(rawValue: 0x09)
    }

    public var command: Command
    /// 0 in a question, and in an answer where all is well.
    public var code: UInt8
    public var payload: [UInt8]

    public init(_ command: Command, code: UInt8 = 0, payload: [UInt8] = []) {
        self.command = command
        self.code = code
        self.payload = payload
    }

    public var encoded: [UInt8] {
        let length = UInt32(payload.count)
        return [0x47, 0x74, command.rawValue, code]
            + (0..<4).reversed().map { UInt8(truncatingIfNeeded: length >> UInt32(8 * $0)) } + payload
    }

    /// What a return code says, in words (Hesai TCP API; as the public clients have it).
    public var meaning: String {
        switch code {
        case 0: "done"
        case 1: "a parameter is not allowed"
        case 2: "the server in the device cannot be reached"
        case 3: "the device gave nothing valid"
        case 4: "the device's server has no memory"
        case 5: "the device does not know the command"
        case 6: "the device's FPGA does not answer"
        default: "return code \(code)"
        }
    }
}

/// Finds PTC frames in the bytes of a connection, on either side of it.
public struct HesaiPTCDecoder: Sendable {
    /// The longest answer is a calibration file, some kilobytes; a length beyond this is no frame's.
    private static let longest = 1 << 18
    public private(set) var counters = FrameCounters()
    private var pending = PendingBytes()
    private var inGap = false

    public init() {}

    /// Whether bytes are waiting for the rest of a frame.
    public var isInFrame: Bool { pending.count > 0 }

    /// Takes bytes in order and calls `body` for each whole frame.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (HesaiPTC) -> Void) {
        pending.append(bytes)
        while pending.count >= 8 {
            let length = (4..<8).reduce(0) { $0 << 8 | Int(pending[$1]) }
            guard pending[0] == 0x47, pending[1] == 0x74, length <= Self.longest else {
                if !inGap { counters.resyncs += 1 }
                inGap = true
                counters.skippedBytes += 1
                pending.drop(1)
                continue
            }
            guard pending.count >= 8 + length else { break }
            inGap = false
            counters.frames += 1
            let frame = HesaiPTC(
                HesaiPTC.Command(rawValue: pending[2]), code: pending[3], payload: pending.bytes(8..<8 + length))
            pending.drop(8 + length)
            body(frame)
        }
        pending.compact()
    }
}
