/// One scan: echo, status 99, time stamp, ranges in blocks of 64 characters with a sum each, an empty line.
public struct HokuyoScan: Hashable, Sendable {
    public var measurement: HokuyoMeasurement
    /// Of the device's own clock, 24 bits: it begins anew every 4.66 hours.
    public var milliseconds: UInt32
    /// Millimetres, one for each step or cluster; small and too large numbers are codes (see `HokuyoParameters.meters`).
    public var ranges: [UInt32]

    public init(_ measurement: HokuyoMeasurement, milliseconds: UInt32, ranges: [UInt32]) {
        self.measurement = measurement
        self.milliseconds = milliseconds
        self.ranges = ranges
    }

    /// The step in the middle of those that a range stands for.
    public func step(of index: Int) -> Double {
        Double(measurement.start + index * measurement.cluster) + Double(measurement.cluster - 1) / 2
    }

    /// The bytes that the device sends.
    public var encoded: [UInt8] {
        let status: HokuyoStatus = measurement.scans == nil ? .ok : .data
        let stamp = HokuyoNumber.encoded(milliseconds & 0xFF_FFFF, width: 4)
        var bytes = measurement.characters + [0x0A] + status.encoded + stamp + [HokuyoNumber.sum(stamp[...]), 0x0A]
        let data = ranges.flatMap { HokuyoNumber.encoded($0, width: measurement.width.rawValue) }
        for start in stride(from: 0, to: data.count, by: 64) {
            let block = data[start..<min(start + 64, data.count)]
            bytes += block + [HokuyoNumber.sum(block), 0x0A]
        }
        return bytes + [0x0A]
    }
}
