/// The six forms in which an RPLIDAR sends its samples; the raw value is the answer's type.
///
/// Source: Slamtec, "RPLIDAR interface protocol and application notes", data response of SCAN and EXPRESS_SCAN; where the
/// notes are silent (ultra-dense, HQ), the vendor's public client (rplidar_sdk 2.1.0, dataunpacker).
public enum RPLIDARFormat: UInt8, Hashable, Sendable, CaseIterable {
    /// One sample a frame, no checksum.
    case standard = 0x81
    /// 32 samples with an angle of their own each.
    case express = 0x82
    /// 96 whole samples, guarded by a CRC-32.
    case hq = 0x83
    /// 96 samples, two of three as a difference ("boost").
    case ultra = 0x84
    /// 40 ranges in millimetres.
    case dense = 0x85
    /// 64 ranges with an echo strength each.
    case ultraDense = 0x86

    /// As the cards and the board file write it: "ultra-dense".
    public var name: String {
        switch self {
        case .standard: "standard"
        case .express: "express"
        case .hq: "hq"
        case .ultra: "ultra"
        case .dense: "dense"
        case .ultraDense: "ultra-dense"
        }
    }

    /// Bytes of a frame on the line.
    public var frameSize: Int {
        switch self {
        case .standard: 5
        case .express, .dense: 84
        case .hq: 781
        case .ultra: 132
        case .ultraDense: 170
        }
    }

    /// Samples in a frame.
    public var samplesPerFrame: Int {
        switch self {
        case .standard: 1
        case .express: 32
        case .hq, .ultra: 96
        case .dense: 40
        case .ultraDense: 64
        }
    }

    /// Whether a frame's samples are known only when the next frame has come: its start angle ends the sweep.
    public var needsNeighbour: Bool {
        switch self {
        case .standard, .hq: false
        case .express, .ultra, .dense, .ultraDense: true
        }
    }

    /// Samples that a device takes after a frame's last one before it can send the frame: the last ranges of an ultra
    /// frame are sent as differences to the next frame's first.
    public var samplesAhead: Int { self == .ultra ? 1 : 0 }

    /// What announces a scan in this format.
    public var descriptor: RPLIDARDescriptor {
        RPLIDARDescriptor(type: rawValue, length: frameSize, loops: true)
    }

    /// The longest frame of all.
    static let longestFrame = 781

    /// Whether the XOR of a frame's bytes from the third on stands in the low nibbles of its first two.
    var hasNibbleChecksum: Bool { self != .standard && self != .hq }

    /// Whether a frame may start with these two bytes.
    func mayStart(_ first: UInt8, _ second: UInt8) -> Bool {
        hasNibbleChecksum ? first >> 4 == 0xA && second >> 4 == 0x5 : first == RPLIDARHQFrame.sync
    }

    /// Whether a whole frame stands at `offset`, sync and checksum. The frame must lie within the bytes.
    func isFrame(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        precondition(offset >= 0 && offset + frameSize <= bytes.count)
        guard mayStart(bytes[unchecked: offset], bytes[unchecked: offset + 1]) else { return false }
        guard hasNibbleChecksum else { return RPLIDARHQFrame.holds(bytes, at: offset) }
        let stated = bytes[unchecked: offset] & 0x0F | bytes[unchecked: offset + 1] << 4
        return stated == NibbleChecksum.xor(bytes, offset + 2..<offset + frameSize)
    }
}

/// The capsules' checksum: nibbles A and 5 with the XOR of all bytes behind them below.
enum NibbleChecksum {
    /// The XOR of the bytes, eight at a time. The range must lie within them.
    static func xor(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt8 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let raw = bytes.bytes
        var word: UInt64 = 0
        var offset = range.lowerBound
        while offset + 8 <= range.upperBound {
            word ^= raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        word ^= word >> 32
        word ^= word >> 16
        word ^= word >> 8
        var sum = UInt8(truncatingIfNeeded: word)
        while offset < range.upperBound {
            sum ^= bytes[unchecked: offset]
            offset += 1
        }
        return sum
    }

    /// The frame of a body: what stands behind the first two bytes.
    static func sealed(_ body: [UInt8]) -> [UInt8] {
        let sum = body.reduce(0, ^)
        return [0xA0 | sum & 0x0F, 0x50 | sum >> 4] + body
    }
}

/// Numbers out of a frame. They must lie within it.
extension Span<UInt8> {
    @inline(__always)
    func word(at offset: Int) -> UInt16 {
        UInt16(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    func long(at offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
