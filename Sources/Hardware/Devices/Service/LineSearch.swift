public import DeviceIO
public import DeviceProtocols
public import RobotModel

/// Finds out what speaks on a line and at which rate: tries protocols and rates one after the other. A value; a
/// `PortProbe` performs what it asks for.
///
/// For each rate it first listens for the protocols that talk by themselves, all at once, and then puts the questions
/// of each of the others. Nothing that it sends moves or changes anything (`ProtocolCard.questions`).
public struct LineSearch: Sendable {
    public enum Event {
        case opened
        /// This port cannot do the rate.
        case failed
        case bytes(ArraySlice<UInt8>)
        case time
    }

    public enum Action {
        /// Close what is open, and open the line so.
        case open(rate: Int, parity: SerialLine.Parity)
        case send([UInt8])
        case finish(Outcome)
    }

    /// What was found, or how it was that nothing was.
    public struct Outcome: Sendable {
        /// The protocol and the rate at which its frames were read.
        public var found: (card: ProtocolCard, rate: Int)?
        /// The first records that were decoded, as lines.
        public var records: [String] = []
        /// Rates that were tried, and how many bytes arrived at each.
        public var heard: [(rate: Int, bytes: Int)] = []
    }

    /// One thing to try: cards that are listened for together, or one that is asked.
    private struct Attempt {
        var rate: Int
        var parity: SerialLine.Parity
        var cards: [ProtocolCard]

        /// In words, for a progress line.
        var words: String {
            let names = cards.map(\.name).joined(separator: ", ")
            if case .udp = cards[0].transport { return "listening for \(names)" }
            return cards[0].questions.isEmpty ? "listening at \(rate) for \(names)" : "asking at \(rate): \(names)"
        }
    }

    private let attempts: [Attempt]
    private var index = -1
    private var decoders: [any StreamDecoder] = []
    private var questions = 0
    private var deadline = Instant.zero
    private var isOpen = false
    /// What was sent last and may come back: on a short-circuited line or a half-duplex one the host hears itself.
    private var echo: [UInt8] = []
    /// What has come so far and may be the beginning of that.
    private var held: [UInt8] = []
    private var outcome = Outcome()

    /// A search for some protocols.
    ///
    /// - Parameters:
    ///   - cards: Of the kind of line; others are left out.
    ///   - rates: Those to try; nil for all that the cards name.
    ///   - excluded: A rate that has been tried already.
    ///   - isNetwork: The line is a network's port, which has no rate; it is only listened to.
    public init(
        cards: [ProtocolCard], rates: [Int]? = nil, without excluded: Int? = nil, isNetwork: Bool = false
    ) {
        guard !isNetwork else {
            let talkers = cards.filter { card in
                if case .udp = card.transport { card.isProbed && card.questions.isEmpty } else { false }
            }
            attempts = talkers.isEmpty ? [] : [Attempt(rate: 1, parity: .none, cards: talkers)]
            return
        }
        var keys: [(rate: Int, parity: SerialLine.Parity)] = []
        var groups: [[ProtocolCard]] = []
        // The usual rate of every card comes before the unusual ones of any.
        let depth = cards.map(\.rates.count).max() ?? 0
        for place in 0..<depth {
            for card in cards where card.isProbed && place < card.rates.count {
                guard case .serial(let all, let parity) = card.transport else { continue }
                let rate = all[place]
                guard rate != excluded, rates?.contains(rate) ?? true else { continue }
                let line = SerialLine.Parity(rawValue: parity.rawValue) ?? .none
                if let known = keys.firstIndex(where: { $0.rate == rate && $0.parity == line }) {
                    groups[known].append(card)
                } else {
                    keys.append((rate, line))
                    groups.append([card])
                }
            }
        }
        attempts = zip(keys, groups).flatMap { key, cards -> [Attempt] in
            let talkers = cards.filter { $0.questions.isEmpty }
            let askers = cards.filter { !$0.questions.isEmpty }
            return (talkers.isEmpty ? [] : [talkers]).map { Attempt(rate: key.rate, parity: key.parity, cards: $0) }
                + askers.map { Attempt(rate: key.rate, parity: key.parity, cards: [$0]) }
        }
    }

    /// How many things there are to try.
    public var count: Int { attempts.count }

    /// The rates that are tried.
    public var rates: [Int] {
        attempts.map(\.rate).reduce(into: []) { rates, rate in if !rates.contains(rate) { rates.append(rate) } }
    }

    /// What is being tried now, in words, with its number.
    public var progress: (number: Int, words: String)? {
        attempts.indices.contains(index) ? (index + 1, attempts[index].words) : nil
    }

    public mutating func handle(_ event: Event, at now: Instant) -> [Action] {
        switch event {
        case .opened:
            isOpen = true
            questions = 0
            deadline = now
            decoders = attempts[index].cards.map { $0.decoder() }
            if outcome.heard.last?.rate != attempts[index].rate { outcome.heard.append((attempts[index].rate, 0)) }
            return ask(at: now)
        case .failed: return next()
        case .bytes(let bytes): return isOpen ? listen(to: bytes) : []
        case .time:
            if index < 0 { return next() }
            return isOpen ? ask(at: now) : []
        }
    }

    private mutating func listen(to heard: ArraySlice<UInt8>) -> [Action] {
        outcome.heard[outcome.heard.count - 1].bytes += heard.count
        let bytes = withoutEcho(heard)
        if bytes.isEmpty { return [] }
        for place in decoders.indices {
            var records: [String] = []
            decoders[place].decode(bytes) { records.append($0.summary) }
            let card = attempts[index].cards[place]
            if outcome.records.count < 8 { outcome.records += records.prefix(8) }
            guard card.recognises(decoders[place].counters) else { continue }
            outcome.found = (card, attempts[index].rate)
            if outcome.records.isEmpty { decoders[place].finish { outcome.records.append($0.summary) } }
            isOpen = false
            return (card.farewell.isEmpty ? [] : [.send(card.farewell)]) + [.finish(outcome)]
        }
        return []
    }

    /// Bytes without the whole question in front of them: the own words prove nothing. An answer may begin as the question
    /// does (Modbus), so only all of it counts.
    private mutating func withoutEcho(_ heard: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if echo.isEmpty { return heard }
        held += heard
        if held.count < echo.count, echo.starts(with: held) { return [] }
        defer {
            echo = []
            held = []
        }
        return held.starts(with: echo) ? held[echo.count...] : held[...]
    }

    /// The next question when it is due; the next attempt when all have been put and nothing has come of it.
    private mutating func ask(at now: Instant) -> [Action] {
        guard now >= deadline else { return [] }
        let card = attempts[index].cards[0]
        if questions < max(1, card.questions.count) {
            questions += 1
            let isLast = questions >= card.questions.count
            let longest = attempts[index].cards.map(\.listenTime).max() ?? card.listenTime
            deadline = now + (isLast ? longest : card.questionPause)
            guard !card.questions.isEmpty else { return [] }
            echo = card.repeatsQuestions ? [] : card.questions[questions - 1]
            held = []
            return [.send(card.questions[questions - 1])]
        }
        return next()
    }

    private mutating func next() -> [Action] {
        isOpen = false
        echo = []
        held = []
        index += 1
        // Records of a protocol that was not recognised explain nothing.
        outcome.records = []
        guard index < attempts.count else { return [.finish(outcome)] }
        return [.open(rate: attempts[index].rate, parity: attempts[index].parity)]
    }
}
