public import RobotModel

/// How a building's MQTT broker is reached.
public struct MQTTSettings: Hashable, Sendable {
    /// How the connection is made safe. Broker and host name are always verified.
    public struct TLS: Hashable, Sendable {
        /// The authority that has signed the broker's certificate; nil for those that the system trusts.
        public var authorityFile: String?
        /// Our own certificate and key, PEM, where the broker wants to see one.
        public var certificateFile: String?
        public var keyFile: String?

        public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// Name or address.
    public var host: String
    public var port: UInt16
    /// Our name at the broker; it ends an older connection of the same name.
    public var clientID: String
    public var tls: TLS?
    public var username: String?
    /// The file whose first line is the password; it is read at each connection and shown nowhere.
    public var passwordFile: String?
    /// What is subscribed to at each connection.
    public var topics: [String]
    /// What the broker says for us when we are gone without a word.
    public var will: BrokerMessage?
    /// How long the broker may take to let us in and to confirm every topic.
    public var patience: Duration = .seconds(15)

    public init(
        host: String, port: UInt16, clientID: String, tls: TLS? = nil, username: String? = nil,
        passwordFile: String? = nil, topics: [String] = [], will: BrokerMessage? = nil
    ) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.tls = tls
        self.username = username
        self.passwordFile = passwordFile
        self.topics = topics
        self.will = will
    }

    /// For people: "mqtts://broker.example:8883".
    public var address: String { "\(tls == nil ? "mqtt" : "mqtts")://\(host):\(port)" }
}

/// What a connection to a broker has to tell.
public enum MQTTEvent: Hashable, Sendable {
    /// The connection stands and everything is subscribed to.
    case connected
    /// It could not be made, or is gone; it is tried again by itself. What was published last may not have arrived.
    case disconnected(PortError)
    case message(BrokerMessage)
}

/// A connection to a broker that makes itself anew whenever it is lost. Never waits.
public protocol MQTTPort: AnyObject, Sendable {
    /// What has happened since the last call, the oldest first.
    ///
    /// At most `MQTTQueue.limit` events wait; more messages are lost and counted.
    func take() -> [MQTTEvent]

    /// Hands a message to the broker, at least once (QoS 1).
    ///
    /// - Returns: Whether it was taken; not while there is no connection, for what is said later may be wrong by then.
    @discardableResult
    func publish(_ message: BrokerMessage) -> Bool

    /// Messages that nobody took in time.
    var lostMessages: Int { get }

    /// Ends the connection in order; the will is not said.
    func close()
}

/// Opens connections to brokers: over the network, or a twin's in memory.
public protocol MQTTPortOpening: Sendable {
    /// Begins a connection and does not wait for it.
    func open(_ settings: MQTTSettings) -> any MQTTPort
}

/// Events on their way from a connection to whoever asks for them.
struct MQTTQueue {
    /// Events that may wait. A building of 100 doors that each report once a second fills it in 10 s.
    static let limit = 1000

    private var events: [MQTTEvent] = []
    private(set) var lostMessages = 0

    /// What the connection itself has to tell is never lost.
    mutating func post(_ event: MQTTEvent) {
        if case .message = event, events.count >= Self.limit {
            lostMessages += 1
            return
        }
        events.append(event)
    }

    mutating func take() -> [MQTTEvent] {
        defer { events = [] }
        return events
    }
}

/// Topics as MQTT 3.1.1, section 4.7, has them: levels between slashes, `+` for any one, `#` for any rest.
public enum MQTTTopic {
    /// Whether a message of a topic goes to who subscribed to a filter.
    public static func matches(_ filter: String, _ topic: String) -> Bool {
        let wanted = filter.split(separator: "/", omittingEmptySubsequences: false)
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        for (index, level) in wanted.enumerated() {
            if level == "#" { return true }
            guard index < levels.count, level == "+" || level == levels[index] else { return false }
        }
        return wanted.count == levels.count
    }
}
