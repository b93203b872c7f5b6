/// How one sample of a YDLIDAR travels.
public enum YDLIDARSampleFormat: String, Hashable, Sendable, CaseIterable {
    /// u16 range.
    case range
    /// u8 strength, u16 range whose two lowest bits are flags.
    case strength8
    /// u8 strength, u16 range whose two lowest bits are the strength's highest.
    case strength10
    /// u16 strength, u16 range.
    case strength16

    /// Bytes of a sample.
    public var width: Int {
        switch self {
        case .range: 2
        case .strength8, .strength10: 3
        case .strength16: 4
        }
    }

    /// The format that a width most often means.
    init(width: Int) { self = width == 2 ? .range : width == 3 ? .strength10 : .strength16 }
}

/// One sample as the device counts.
public struct YDLIDARSample: Hashable, Sendable {
    /// In the model's own units; 0 where nothing came back.
    public var range: UInt16
    /// Of the format's own scale; 0 in a format without.
    public var strength: UInt16

    public init(range: UInt16, strength: UInt16 = 0) {
        self.range = range
        self.strength = strength
    }

    /// Reads the sample that begins at `offset`.
    init(_ bytes: Span<UInt8>, at offset: Int, format: YDLIDARSampleFormat) {
        func word(_ place: Int) -> UInt16 { UInt16(bytes[offset + place]) | UInt16(bytes[offset + place + 1]) << 8 }
        switch format {
        case .range: self.init(range: word(0))
        case .strength8: self.init(range: word(1) & 0xFFFC, strength: UInt16(bytes[offset]))
        case .strength10:
            let raw = word(1)
            self.init(range: raw & 0xFFFC, strength: UInt16(bytes[offset]) | (raw & 3) << 8)
        case .strength16: self.init(range: word(2), strength: word(0))
        }
    }

    /// The bytes on the line.
    public func encoded(_ format: YDLIDARSampleFormat) -> [UInt8] {
        switch format {
        case .range: LittleEndian.bytes(range)
        case .strength8: [UInt8(truncatingIfNeeded: strength)] + LittleEndian.bytes(range & 0xFFFC)
        case .strength10:
            [UInt8(truncatingIfNeeded: strength)] + LittleEndian.bytes(range & 0xFFFC | strength >> 8 & 3)
        case .strength16: LittleEndian.bytes(strength) + LittleEndian.bytes(range)
        }
    }

    /// The strength in 0...255; the middle where the format carries none and something came back.
    func scaledStrength(_ format: YDLIDARSampleFormat) -> UInt8 {
        switch format {
        case .range: range == 0 ? 0 : 128
        case .strength8: UInt8(truncatingIfNeeded: strength)
        case .strength10: UInt8(truncatingIfNeeded: strength >> 2)
        case .strength16: UInt8(truncatingIfNeeded: strength >> 8)
        }
    }
}
