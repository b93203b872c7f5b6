/// One message of an MQTT broker, as it is sent or arrives.
public struct BrokerMessage: Hashable, Sendable {
    public var topic: String
    public var payload: [UInt8]
    /// Sent: the broker keeps it for those who come later. Arrived: it was kept, and may be of any age.
    public var isRetained: Bool

    public init(topic: String, payload: [UInt8], isRetained: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
    }
}

/// What a connection to a broker has to tell.
public enum BrokerEvent: Hashable, Sendable {
    /// The connection stands, and what was subscribed to will come.
    case connected
    /// It is gone; what was sent last may not have arrived.
    case disconnected
    case message(BrokerMessage)
}
