import RobotModel
import StructuredText

/// A grey picture in the PGM format (netpbm's `pgm`, formats P5 and P2); the first row is the top one.
struct GreyPicture {
    let width: Int
    let height: Int
    let maximum: Int
    let levels: [UInt16]

    /// Parses `P5` or `P2`, width, height and the maximum, apart by white space and comments, then the levels: bytes (two,
    /// the higher first, where the maximum is above 255), or in P2 numbers.
    init(pgm bytes: [UInt8], file: String) throws(FileProblems) {
        func failure(_ what: String, _ expected: String) -> FileProblems {
            FileProblems([
                RobotError(
                    .invalidFile, what, at: SourceLocation(file: file, line: 1, column: 1), expected: expected,
                    hint: "convert it: convert map.png -depth 8 map.pgm")
            ])
        }
        let isText = bytes.starts(with: Array("P2".utf8))
        guard isText || bytes.starts(with: Array("P5".utf8)) else {
            throw failure("not a PGM picture", "a file that starts with P5 or P2")
        }
        var reader = NumberReader(bytes: bytes, position: 2)
        let header = [reader.next(), reader.next(), reader.next()].compactMap { $0 }
        guard header.count == 3, header[0] > 0, header[1] > 0 else {
            throw failure(
                reader.stranger.map { "the header has a byte \($0)" } ?? "the header is not complete",
                "width, height and maximum")
        }
        guard (1...65535).contains(header[2]) else { throw failure("the maximum is \(header[2])", "1 to 65535") }
        (width, height, maximum) = (header[0], header[1], header[2])
        let count = width * height
        // A number in P2 takes two bytes at least, so that a short file cannot ask for much memory.
        guard bytes.count >= count else {
            throw failure("\(bytes.count) bytes", "\(width) × \(height) = \(count) pixels")
        }
        if isText {
            var found: [UInt16] = []
            found.reserveCapacity(count)
            while found.count < count, let level = reader.next() { found.append(UInt16(min(level, maximum))) }
            levels = found
        } else {
            levels = Self.levels(bytes[min(reader.position + 1, bytes.count)...], count, isWide: maximum > 255)
        }
        guard levels.count == count else {
            throw failure("\(levels.count) pixels", "\(width) × \(height) = \(count)")
        }
    }

    /// Binary levels, as many as there are; exactly one white space stands before them.
    private static func levels(_ bytes: ArraySlice<UInt8>, _ count: Int, isWide: Bool) -> [UInt16] {
        guard isWide else { return bytes.prefix(count).map(UInt16.init) }
        let first = bytes.startIndex
        return (0..<min(count, bytes.count / 2)).map { pixel in
            UInt16(bytes[first + 2 * pixel]) << 8 | UInt16(bytes[first + 2 * pixel + 1])
        }
    }
}

/// Whole numbers in text, apart by white space and by comments from `#` to the line's end.
private struct NumberReader {
    let bytes: [UInt8]
    var position: Int
    /// The byte that is neither, where the reading ended.
    private(set) var stranger: UInt8?

    init(bytes: [UInt8], position: Int) {
        self.bytes = bytes
        self.position = position
    }

    mutating func next() -> Int? {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
            case 9...13, 32: position += 1
            case let byte:
                stranger = byte
                return nil
            }
        }
        return nil
    }

    private mutating func number() -> Int {
        var number = 0
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            number = min(number * 10 + Int(bytes[position] - UInt8(ascii: "0")), 1 << 20)
            position += 1
        }
        return number
    }
}
