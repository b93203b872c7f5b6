/// A serial line of the board file.
public struct SerialLine: Hashable, Sendable, Codable {
    /// Parity of a character.
    public enum Parity: String, Hashable, Sendable, Codable { case none, even, odd }

    /// The path to open, by-id where there is one; resolved anew at every open.
    public var path: String
    /// Bits per second.
    public var baudRate: Int
    public var parity: Parity
    public var stopBits: Int

    public init(path: String, baudRate: Int, parity: Parity = .none, stopBits: Int = 1) {
        self.path = path
        self.baudRate = baudRate
        self.parity = parity
        self.stopBits = stopBits
    }

    /// Data bits, parity and stop bits in the usual short form: "8N1".
    public var format: String {
        let letter =
            switch parity {
            case .none: "N"
            case .even: "E"
            case .odd: "O"
            }
        return "8\(letter)\(stopBits)"
    }

    /// Bits on the line for one byte: start, eight data, parity, stop.
    public var bitsPerByte: Int { 1 + 8 + (parity == .none ? 0 : 1) + stopBits }

    /// How long one byte takes.
    public var byteTime: Duration { .nanoseconds(Int64(bitsPerByte) * 1_000_000_000 / Int64(baudRate)) }
}

/// An open serial line. Never waits: reading returns what is there, writing takes what fits.
public protocol SerialPort: AnyObject, Sendable {
    /// What to `poll(2)` for input; nil for a port in memory.
    var pollDescriptor: Int32? { get }

    /// Appends the bytes that have arrived, at most `limit`, and returns how many.
    ///
    /// Throws `PortError.lost` when the device is gone (hang-up, end of file, EIO).
    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int

    /// Hands bytes to the line and returns how many it took.
    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int

    /// Sets the DTR line; some LiDARs start their motor with it. No effect where the line has none.
    func setDTR(_ on: Bool) throws(PortError)

    /// Drops what has arrived and what has not been sent.
    func flush() throws(PortError)

    /// The rate that the other end of a line without wires is set to; nil where nobody knows. For devices that are
    /// emulated: at another rate than its own a device hears and says rubbish.
    var otherEndRate: Int? { get }

    /// Whether a process that this user may not look into could have the port open as well, and take its bytes.
    var mayBeShared: Bool { get }

    func close()
}

extension SerialPort {
    public var otherEndRate: Int? { nil }
    public var mayBeShared: Bool { false }
}

/// Opens serial lines: the robot's own, a pseudo-terminal's, or a twin's in memory.
public protocol SerialPortOpening: Sendable {
    func open(_ line: SerialLine) throws(PortError) -> any SerialPort
}

/// Why a port could not be opened or used.
public struct PortError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure that need different cures.
    public enum Code: String, Hashable, Sendable {
        case noSuchDevice, noPermission, busy, wrongRate, lost, failed
    }

    public var code: Code
    /// The port's path or the GPIO line's name.
    public var port: String
    /// What the system said, or what was found out.
    public var cause: String
    /// What to do about it, where more is known than the code says.
    public var hint: String?

    public init(_ code: Code, port: String, cause: String, hint: String? = nil) {
        self.code = code
        self.port = port
        self.cause = cause
        self.hint = hint
    }

    public var description: String { "\(port): \(code.rawValue): \(cause)" }
}
