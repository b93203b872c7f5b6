/// Finds answers and scans in the bytes that a Hokuyo sends; the host's side of the line.
///
/// The protocol is lines. A line that does not fit ends the frame that was being read, and is looked at again as the
/// beginning of another one, so damage costs the frame it is in. A scan is handed out only when every block's sum is right
/// and it has exactly the ranges that its echo promises: six bits of sum alone let one damaged block in 64 pass.
///
/// A scan's storage is the decoder's own and is used again: who keeps a scan pays for a copy, who reads it does not.
public struct HokuyoDecoder: Sendable {
    /// What was found.
    public enum Event: Hashable, Sendable {
        case answer(HokuyoAnswer)
        case scan(HokuyoScan)
        /// Lines were skipped: a scan or an answer is missing.
        case gap
    }

    private enum Place: Sendable { case echo, status, text, stamp, data }

    /// No line of the protocol is this long; of more without a line's end only the last bytes are kept.
    private static let lineLimit = 192

    public private(set) var counters = FrameCounters()
    private var place = Place.echo
    private var carry: [UInt8] = []
    private var inGap = false
    /// Bytes of the frame that is being read.
    private var length = 0

    private var command = HokuyoCommand.quit
    private var status = HokuyoStatus.ok
    private var lines: [[UInt8]] = []
    private var measurement = HokuyoMeasurement(width: .three, start: 0, end: 0)
    private var milliseconds: UInt32 = 0
    private var ranges: [UInt32] = []
    /// How many of them have come.
    private var filled = 0
    /// Bits of a range that goes on in the next block, and how many characters they came from.
    private var part: UInt32 = 0
    private var partLength = 0

    public init() {}

    /// Forgets everything but the counters; called before the line is used anew.
    public mutating func reset() {
        place = .echo
        carry.removeAll(keepingCapacity: true)
        inGap = false
        length = 0
    }

    /// Takes bytes in order and calls `body` for each event, with how many bytes of this chunk stand behind it.
    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ body: (Event, _ remaining: Int) -> Void) {
        var start = bytes.startIndex
        while start < bytes.endIndex {
            guard let end = Self.lineEnd(in: bytes, from: start) else {
                carry.append(contentsOf: bytes[start...])
                if carry.count > Self.lineLimit { skipStart() }
                return
            }
            let remaining = bytes.endIndex - end - 1
            if carry.isEmpty {
                take(bytes[start..<end], remaining, body)
            } else {
                carry.append(contentsOf: bytes[start..<end])
                take(carry[...], remaining, body)
                carry.removeAll(keepingCapacity: true)
            }
            start = end + 1
        }
    }

    private static func lineEnd(in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        let span = bytes.span
        let base = bytes.startIndex
        var index = start - base
        while index < span.count {
            if span[index] == 0x0A { return index + base }
            index += 1
        }
        return nil
    }

    /// Drops the beginning of a line that is too long to be one.
    private mutating func skipStart() {
        let excess = carry.count - Self.lineLimit / 2
        if !inGap { counters.resyncs += 1 }
        inGap = true
        counters.skippedBytes += excess + length
        length = 0
        place = .echo
        carry.removeFirst(excess)
    }

    private mutating func take(_ line: ArraySlice<UInt8>, _ remaining: Int, _ body: (Event, Int) -> Void) {
        let fits =
            switch place {
            case .echo: takeEcho(line, remaining, body)
            case .status: takeStatus(line)
            case .stamp: takeStamp(line)
            case .data: line.isEmpty ? finishScan(remaining, body) : takeBlock(line)
            case .text: line.isEmpty ? finishAnswer(remaining, body) : takeText(line)
            }
        if fits { return }
        if place != .echo {
            lose(length, remaining, body)
            place = .echo
            length = 0
            if takeEcho(line, remaining, body) { return }
        }
        // An empty line between frames is none of a frame's and no loss either.
        if line.isEmpty { counters.skippedBytes += 1 } else { lose(line.count + 1, remaining, body) }
    }

    private mutating func lose(_ count: Int, _ remaining: Int, _ body: (Event, Int) -> Void) {
        counters.skippedBytes += count
        guard !inGap else { return }
        inGap = true
        counters.resyncs += 1
        body(.gap, remaining)
    }

    private mutating func takeEcho(
        _ line: ArraySlice<UInt8>, _ remaining: Int, _ body: (Event, Int) -> Void
    ) -> Bool {
        guard let found = HokuyoCommand.find(endOf: line) else { return false }
        if found.start > 0 { lose(found.start, remaining, body) }
        command = found.command
        place = .status
        length = line.count - found.start + 1
        return true
    }

    private mutating func takeStatus(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count == 3 else { return false }
        let first = line.startIndex
        guard HokuyoNumber.sum(line[first..<first + 2]) == line[first + 2] else {
            counters.checksumErrors += 1
            return false
        }
        status = HokuyoStatus(line[first], line[first + 1])
        length += 4
        if case .measure(let measurement) = command, status == (measurement.scans == nil ? .ok : .data) {
            self.measurement = measurement
            place = .stamp
        } else {
            lines.removeAll(keepingCapacity: true)
            place = .text
        }
        return true
    }

    private mutating func takeText(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count >= 2, let sum = line.last else { return false }
        let hasSemicolon = line[line.endIndex - 2] == 0x3B
        let text = line.dropLast(hasSemicolon ? 2 : 1)
        guard HokuyoNumber.sum(text) == sum else {
            counters.checksumErrors += 1
            return false
        }
        lines.append(Array(text))
        length += line.count + 1
        return true
    }

    private mutating func takeStamp(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count == 5, let sum = line.last else { return false }
        guard HokuyoNumber.sum(line.dropLast()) == sum, let time = HokuyoNumber.decoded(line.dropLast()) else {
            counters.checksumErrors += 1
            return false
        }
        milliseconds = time
        length += 6
        if ranges.count != measurement.count { ranges = [UInt32](repeating: 0, count: measurement.count) }
        filled = 0
        part = 0
        partLength = 0
        place = .data
        return true
    }

    private mutating func takeBlock(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count >= 2, line.count <= 65 else { return false }
        let span = line.span
        let count = span.count - 1
        var sum: UInt8 = 0
        for index in 0..<count { sum &+= span[index] }
        guard sum & 0x3F + 0x30 == span[count] else {
            counters.checksumErrors += 1
            return false
        }
        guard unpack(span, count: count) else { return false }
        self.length += line.count + 1
        return true
    }

    /// Puts a block's characters into ranges; one that goes on in the next block is kept. False where there are too many.
    private mutating func unpack(_ block: Span<UInt8>, count: Int) -> Bool {
        let width = measurement.width.rawValue
        var index = 0
        while partLength > 0, index < count {
            part = part << 6 | UInt32(block[index] &- 0x30 & 0x3F)
            partLength += 1
            index += 1
            guard partLength == width else { continue }
            guard filled < ranges.count else { return false }
            ranges[filled] = part
            filled += 1
            part = 0
            partLength = 0
        }
        let whole = (count - index) / width
        guard filled + whole <= ranges.count else { return false }
        let first = filled
        filled += whole
        var out = ranges.mutableSpan
        for place in first..<first + whole {
            var range = UInt32(block[index] &- 0x30 & 0x3F) << 6 | UInt32(block[index + 1] &- 0x30 & 0x3F)
            if width == 3 { range = range << 6 | UInt32(block[index + 2] &- 0x30 & 0x3F) }
            out[place] = range
            index += width
        }
        while index < count {
            part = part << 6 | UInt32(block[index] &- 0x30 & 0x3F)
            partLength += 1
            index += 1
        }
        return true
    }

    private mutating func finishScan(_ remaining: Int, _ body: (Event, Int) -> Void) -> Bool {
        guard partLength == 0, filled == ranges.count else { return false }
        finishFrame()
        body(.scan(HokuyoScan(measurement, milliseconds: milliseconds, ranges: ranges)), remaining)
        return true
    }

    private mutating func finishAnswer(_ remaining: Int, _ body: (Event, Int) -> Void) -> Bool {
        finishFrame()
        body(.answer(HokuyoAnswer(command, status, lines: lines)), remaining)
        return true
    }

    private mutating func finishFrame() {
        counters.frames += 1
        inGap = false
        place = .echo
        length = 0
    }
}
