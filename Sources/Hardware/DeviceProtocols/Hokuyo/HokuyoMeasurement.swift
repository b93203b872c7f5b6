/// What is asked of a Hokuyo's scan: MD, MS, GD, GS with their parameters, and the echo that stands before each scan.
///
///     MD 0044 0725 01 0 00     start, end, cluster, interval, scans (00: without end); no blanks on the line
///     GD 0044 0725 01          one scan, the latest
///
/// Source: C-42-03320B, MDMS- and GDGS-Command.
@frozen
public struct HokuyoMeasurement: Hashable, Sendable {
    /// How many characters a range has: three up to 262 143 mm (D), two up to 4095 mm (S).
    public enum Width: Int, Hashable, Sendable { case two = 2, three = 3 }

    public var width: Width
    /// The first and the last step.
    public var start: Int
    public var end: Int
    /// Steps that are put together into one range, the smallest of them; 1 is every step.
    public var cluster: Int
    /// Scans that are left out between two that are sent, 0...9.
    public var interval: Int
    /// Scans that are asked for (in an echo: that remain); 0 is without end. Nil for GD and GS.
    public var scans: Int?

    public init(width: Width, start: Int, end: Int, cluster: Int = 1, interval: Int = 0, scans: Int? = 0) {
        self.width = width
        self.start = start
        self.end = end
        self.cluster = cluster
        self.interval = interval
        self.scans = scans
    }

    /// How many ranges a scan has.
    public var count: Int { end < start ? 0 : (end - start) / max(1, cluster) + 1 }

    /// Bytes of one scan on the line, echo and sums included.
    public var scanLength: Int {
        let data = count * width.rawValue
        return (scans == nil ? 13 : 16) + 4 + 6 + data + (data + 63) / 64 * 2 + 1
    }

    /// The command's characters, without its end.
    public var characters: [UInt8] {
        var bytes: [UInt8] = [scans == nil ? 0x47 : 0x4D, width == .three ? 0x44 : 0x53]
        bytes += HokuyoNumber.decimal(start, width: 4) + HokuyoNumber.decimal(end, width: 4)
        bytes += HokuyoNumber.decimal(cluster, width: 2)
        if let scans { bytes += HokuyoNumber.decimal(interval, width: 1) + HokuyoNumber.decimal(scans, width: 2) }
        return bytes
    }

    /// Reads a command or an echo; nil where it is none.
    public init?(_ line: ArraySlice<UInt8>) {
        let first = line.startIndex
        guard line.count == 15 || line.count == 12 else { return nil }
        switch line[first + 1] {
        case 0x44: width = .three
        case 0x53: width = .two
        default: return nil
        }
        guard line[first] == (line.count == 15 ? 0x4D : 0x47),
            let start = HokuyoNumber.decimal(line[first + 2..<first + 6]),
            let end = HokuyoNumber.decimal(line[first + 6..<first + 10]),
            let cluster = HokuyoNumber.decimal(line[first + 10..<first + 12])
        else { return nil }
        self.start = start
        self.end = end
        self.cluster = max(1, cluster)
        interval = 0
        scans = nil
        guard line.count == 15 else { return }
        guard let interval = HokuyoNumber.decimal(line[first + 12..<first + 13]),
            let scans = HokuyoNumber.decimal(line[first + 13..<first + 15])
        else { return nil }
        self.interval = interval
        self.scans = scans
    }
}
