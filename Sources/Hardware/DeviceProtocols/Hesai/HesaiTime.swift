/// A packet's moment on the device's own clock: six bytes of civil time and a count of microseconds.
///
/// Year minus 1900, month 1...12, day, hour, minute, second. With a first byte of 0 the last four bytes are seconds since
/// 1970, the most significant first (as the vendor's SDK 2.0 reads it).
public struct HesaiTime: Hashable, Sendable {
    /// Seconds since 1970-01-01 by the device's clock, which may be set or not.
    public var seconds: Int64
    public var microseconds: UInt32

    /// Bytes that it takes on the line.
    public static let size = 10

    public init(seconds: Int64, microseconds: UInt32) {
        self.seconds = seconds
        self.microseconds = microseconds
    }

    /// Reads ten bytes; what is no date is taken by its figures all the same: only differences matter.
    init(_ bytes: Span<UInt8>, at offset: Int) {
        microseconds = bytes.littleEndian32(at: offset + 6)
        if bytes[offset] == 0 {
            seconds = (2..<6).reduce(0) { $0 << 8 | Int64(bytes[offset + $1]) }
        } else {
            let days = Self.days(
                year: 1900 + Int64(bytes[offset]), month: Int64(bytes[offset + 1]), day: Int64(bytes[offset + 2]))
            seconds =
                days * 86_400 + Int64(bytes[offset + 3]) * 3600 + Int64(bytes[offset + 4]) * 60
                + Int64(bytes[offset + 5])
        }
    }

    /// The ten bytes in civil time; in seconds since 1970 before that year and after 2155.
    public var encoded: [UInt8] {
        let (day, rest) = (seconds / 86_400, seconds % 86_400)
        let (year, month, date) = Self.civil(day)
        var bytes: [UInt8]
        if seconds >= 0, (1901...2155).contains(year) {
            bytes = [
                UInt8(year - 1900), UInt8(month), UInt8(date), UInt8(rest / 3600), UInt8(rest / 60 % 60),
                UInt8(rest % 60),
            ]
        } else {
            bytes = [0, 0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: seconds >> (8 * Int64($0))) }
        }
        bytes += LittleEndian.bytes(microseconds)
        return bytes
    }

    /// Nanoseconds since 1970 by the device's clock.
    public var nanoseconds: Int64 { seconds &* 1_000_000_000 &+ Int64(microseconds) &* 1000 }

    /// Days from 1970-01-01 in the Gregorian calendar, by eras of 400 years of 146 097 days that begin in March.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Span<UInt8> {
    @inline(__always)
    func littleEndian16(at offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }

    @inline(__always)
    func littleEndian32(at offset: Int) -> UInt32 {
        UInt32(littleEndian16(at: offset)) | UInt32(littleEndian16(at: offset + 2)) << 16
    }
}
