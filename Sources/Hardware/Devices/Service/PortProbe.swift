public import DeviceIO
public import RobotModel

/// The shell around a `LineSearch`: opens the port at the rates that it asks for, and carries bytes. Never waits.
public struct PortProbe: Sendable {
    /// What is being tried, for a progress line.
    public private(set) var search: LineSearch
    /// Why the port could not be opened the last time; a wrong rate is no failure of the probe.
    public private(set) var failure: PortError?

    /// Whether another program may take part of the bytes.
    public private(set) var mayBeShared = false

    private let line: SerialLine
    private let opener: any SerialPortOpening
    private var port: (any SerialPort)?

    public init(_ search: LineSearch, line: SerialLine, opener: any SerialPortOpening) {
        self.search = search
        self.line = line
        self.opener = opener
    }

    /// What to `poll(2)`; nil while nothing is open, and in memory.
    public var pollDescriptor: Int32? { port?.pollDescriptor }

    /// Does what can be done now; the outcome when the search is over, after which the port is closed.
    ///
    /// Throws `PortError` when the port is lost, or cannot be opened for another reason than its rate.
    public mutating func service(at now: Instant) throws(PortError) -> LineSearch.Outcome? {
        var input: [UInt8] = []
        while let port, try port.read(into: &input, limit: 4096) > 0 {
            if let outcome = try perform(search.handle(.bytes(input[...]), at: now), at: now) { return outcome }
            input.removeAll(keepingCapacity: true)
        }
        return try perform(search.handle(.time, at: now), at: now)
    }

    /// Closes the port.
    public mutating func close() {
        port?.close()
        port = nil
    }

    private mutating func perform(_ actions: [LineSearch.Action], at now: Instant) throws(PortError) -> LineSearch
        .Outcome?
    {
        for action in actions {
            switch action {
            case .send(let bytes):
                // A few bytes: an empty port takes them whole, and half a question finds nothing.
                _ = try port?.write(bytes[...])
            case .open(let rate, let parity):
                if let outcome = try open(rate: rate, parity: parity, at: now) { return outcome }
            case .finish(let outcome):
                close()
                return outcome
            }
        }
        return nil
    }

    private mutating func open(
        rate: Int, parity: SerialLine.Parity, at now: Instant
    ) throws(PortError) -> LineSearch.Outcome? {
        close()
        var other = line
        other.baudRate = rate
        other.parity = parity
        let event: LineSearch.Event
        do throws(PortError) {
            let opened = try opener.open(other)
            port = opened
            mayBeShared = opened.mayBeShared
            event = .opened
        } catch {
            // A rate that this port cannot do is not the device's either.
            guard error.code == .wrongRate else { throw error }
            failure = error
            event = .failed
        }
        return try perform(search.handle(event, at: now), at: now)
    }
}
