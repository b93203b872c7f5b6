/// Reads a dump of an AMT21 bus.
///
/// An answer carries neither address nor kind: the dump must hold the requests too (a recording of both directions, or of a
/// line on which the host hears itself). A dump of answers alone is read as well, without addresses; then a shaft that
/// stands still may be misread, for nothing marks where a word begins.
///
/// Which of the two it is, and where it begins, is found from six to nine frames that fit without a gap: 18 bytes. After a
/// frame that does not fit it is found anew.
public struct AMT21StreamDecoder: StreamDecoder {
    public private(set) var counters = FrameCounters()

    /// How the bytes go.
    private enum Rhythm: Int {
        /// Request, low, high.
        case requests = 3
        /// Low, high.
        case answers = 2
    }
    private static let window = 18
    private var pending = PendingBytes()
    private var rhythm: Rhythm?
    private var inGap = false

    public init() {}

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        pending.append(bytes)
        while step(atLeast: Self.window, emit) {}
        pending.compact()
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) {
        // What is left is too short for the window: as many frames as there are have to do, but not one alone.
        while step(atLeast: 6, emit) {}
        counters.skippedBytes += pending.count
        pending.removeAll()
    }

    private mutating func step(atLeast window: Int, _ emit: (any DecodedRecord) -> Void) -> Bool {
        guard let rhythm else {
            guard pending.count >= window else { return false }
            self.rhythm = [Rhythm.requests, .answers].first { fits($0, within: min(Self.window, pending.count)) }
            if self.rhythm == nil { skip() }
            return true
        }
        guard pending.count >= rhythm.rawValue else { return false }
        guard isFrame(rhythm, at: 0) else {
            counters.checksumErrors += 1
            self.rhythm = nil
            skip()
            return true
        }
        let request = rhythm == .requests ? pending[0] : nil
        let word = AMT21Word(low: pending[rhythm.rawValue - 2], high: pending[rhythm.rawValue - 1])
        pending.drop(rhythm.rawValue)
        inGap = false
        counters.frames += 1
        emit(AMT21Record(request: request, word))
        return true
    }

    private mutating func skip() {
        if !inGap { counters.resyncs += 1 }
        inGap = true
        counters.skippedBytes += 1
        pending.drop(1)
    }

    private func fits(_ rhythm: Rhythm, within count: Int) -> Bool {
        stride(from: 0, through: count - rhythm.rawValue, by: rhythm.rawValue).allSatisfy { isFrame(rhythm, at: $0) }
    }

    private func isFrame(_ rhythm: Rhythm, at start: Int) -> Bool {
        if rhythm == .requests, pending[start] & 3 > AMT21Request.turnsFlag { return false }
        let low = start + rhythm.rawValue - 2
        return AMT21Word(low: pending[low], high: pending[low + 1]).isSound
    }
}

/// One answer of an AMT21 in a dump.
///
///     {"address":84,"angle":123.4,"value":5616}
public struct AMT21Record: DecodedRecord, Hashable {
    /// The encoder's, where the dump holds the requests.
    public var address: Int?
    /// The 14 bits.
    public var value: Int
    /// Degrees, where the answer is an angle (or may be one).
    public var angle: Double?
    /// Whole turns, where the answer is to that request.
    public var turns: Int?

    init(request: UInt8?, _ word: AMT21Word) {
        address = request.map { Int($0 & ~3) }
        value = Int(word.value)
        if let request, request & 3 == AMT21Request.turnsFlag {
            turns = word.turns
        } else {
            angle = (word.angle * 180 / .pi * 1000).rounded() / 1000
        }
    }

    public var summary: String {
        let who = address.map { "encoder 0x" + Hexadecimal.text([UInt8($0)]) } ?? "an encoder"
        if let turns { return "\(who): \(turns) turns" }
        return "\(who): \(angle ?? 0)°"
    }
}
