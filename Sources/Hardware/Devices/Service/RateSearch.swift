import DeviceIO
import DeviceProtocols
import RobotModel

/// Finds out at which rate a line makes sense: tries the rates of a protocol one after the other. A value; the pump
/// performs what it asks for.
///
/// Each rate is opened, the card's questions are put, and what comes back within the card's listening time is decoded.
struct RateSearch: Sendable {
    enum Event {
        case opened
        case failed
        case bytes(ArraySlice<UInt8>)
        case time
    }

    enum Action {
        /// Close what is open, and open the line at this rate.
        case open(rate: Int)
        case send([UInt8])
        /// Over: the rate at which frames were found, if there is one.
        case finish(rate: Int?)
    }

    /// The rates that are tried.
    let rates: [Int]
    private let card: ProtocolCard
    private var index = -1
    private var decoder: any StreamDecoder
    private var questions = 0
    private var deadline = Instant.zero
    private var isOpen = false

    /// A search over the card's rates without the one that was in use; nil where there is no other.
    init?(card: ProtocolCard, without rate: Int) {
        rates = card.rates.filter { $0 != rate }
        guard !rates.isEmpty else { return nil }
        self.card = card
        decoder = card.decoder()
    }

    mutating func handle(_ event: Event, at now: Instant) -> [Action] {
        switch event {
        case .opened:
            isOpen = true
            decoder = card.decoder()
            questions = 0
            deadline = now
            return ask(at: now)
        case .failed: return next()
        case .bytes(let bytes):
            guard isOpen else { return [] }
            decoder.decode(bytes) { _ in }
            guard card.recognises(decoder.counters) else { return [] }
            return [.send(card.farewell), .finish(rate: rates[index])]
        case .time:
            if index < 0 { return next() }
            return isOpen ? ask(at: now) : []
        }
    }

    /// The next question when it is due; the next rate when all have been put and nothing has come of it.
    private mutating func ask(at now: Instant) -> [Action] {
        guard now >= deadline else { return [] }
        if questions < card.questions.count {
            questions += 1
            let isLast = questions == card.questions.count
            deadline = now + (isLast ? card.listenTime : card.questionPause)
            return [.send(card.questions[questions - 1])]
        }
        if card.questions.isEmpty, questions == 0 {
            questions = 1
            deadline = now + card.listenTime
            return []
        }
        return next()
    }

    private mutating func next() -> [Action] {
        isOpen = false
        index += 1
        return [index < rates.count ? .open(rate: rates[index]) : .finish(rate: nil)]
    }
}
