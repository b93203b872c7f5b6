/// One frame of a WitMotion inertial unit in its standard protocol, 11 bytes.
///
///     55  type  d0 … d7  sum        sum: low byte of the sum of all before it; numbers little-endian
///
/// Source: "WT901 Datasheet v20-0702", section 5.1, and the maker's SDK (WITMOTION/WitStandardProtocol_JY901, REG.h);
/// held against ElettraSciComp/witmotion_IMU_QT, which agrees.
public struct WitMotionFrame: Hashable, Sendable, BitwiseCopyable {
    /// What a frame holds.
    public struct Kind: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
        public let rawValue: UInt8
        @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Year since 2000, month, day, hour, minute, second, u16 milliseconds.
        public static var time: Kind { Kind(rawValue: 0x50) }
        /// i16 x, y, z in 16 g/32768; i16 temperature in 0.01 °C.
        public static var acceleration: Kind { Kind(rawValue: 0x51) }
        /// i16 x, y, z in 2000 °/s/32768; i16 temperature or voltage.
        public static var angularVelocity: Kind { Kind(rawValue: 0x52) }
        /// i16 roll, pitch, yaw in 180°/32768; u16 version.
        public static var angle: Kind { Kind(rawValue: 0x53) }
        /// i16 x, y, z; i16 temperature.
        public static var magneticField: Kind { Kind(rawValue: 0x54) }
        public static var ports: Kind { Kind(rawValue: 0x55) }
        /// i32 pressure in Pa, i32 height in cm.
        public static var pressure: Kind { Kind(rawValue: 0x56) }
        public static var position: Kind { Kind(rawValue: 0x57) }
        public static var groundSpeed: Kind { Kind(rawValue: 0x58) }
        /// i16 q0…q3 in 1/32768.
        public static var quaternion: Kind { Kind(rawValue: 0x59) }
        public static var satellites: Kind { Kind(rawValue: 0x5A) }
        /// The answer to a question for registers: i16 × 4.
        public static var register: Kind { Kind(rawValue: 0x5F) }

        /// Whether a unit sends such frames at all.
        @inlinable public var isKnown: Bool { (0x50...0x5A).contains(rawValue) || rawValue == 0x5F }
    }

    public static let size = 11
    static let start: UInt8 = 0x55

    public var kind: Kind
    /// The eight data bytes, d0 lowest.
    public var data: UInt64

    @inlinable public init(_ kind: Kind, data: UInt64) {
        self.kind = kind
        self.data = data
    }

    /// A frame of four words.
    public init(_ kind: Kind, words a: Int16, _ b: Int16, _ c: Int16, _ d: Int16 = 0) {
        self.init(
            kind,
            data: UInt64(UInt16(bitPattern: a)) | UInt64(UInt16(bitPattern: b)) << 16
                | UInt64(UInt16(bitPattern: c)) << 32 | UInt64(UInt16(bitPattern: d)) << 48)
    }

    /// A frame of two long words.
    public init(_ kind: Kind, longs a: Int32, _ b: Int32) {
        self.init(kind, data: UInt64(UInt32(bitPattern: a)) | UInt64(UInt32(bitPattern: b)) << 32)
    }

    /// Word 0…3.
    @inlinable public func word(_ index: Int) -> Int16 {
        Int16(bitPattern: UInt16(truncatingIfNeeded: data >> UInt64(16 * index)))
    }

    /// Long word 0 or 1.
    @inlinable public func long(_ index: Int) -> Int32 {
        Int32(bitPattern: UInt32(truncatingIfNeeded: data >> UInt64(32 * index)))
    }

    public var encoded: [UInt8] {
        var bytes = [Self.start, kind.rawValue]
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: data >> UInt64(8 * index))) }
        bytes.append(bytes.reduce(0, &+))
        return bytes
    }

    /// The frame at a place; nil where no whole, right one stands there.
    init?(_ pending: PendingBytes, at place: Int) {
        guard place + Self.size <= pending.count, pending[place] == Self.start else { return nil }
        let kind = Kind(rawValue: pending[place + 1])
        guard kind.isKnown else { return nil }
        var data: UInt64 = 0
        var sum = Self.start &+ kind.rawValue
        for index in 0..<8 {
            let byte = pending[place + 2 + index]
            sum &+= byte
            data |= UInt64(byte) << UInt64(8 * index)
        }
        guard sum == pending[place + 10] else { return nil }
        self.init(kind, data: data)
    }
}
