import RobotModel

/// What is wrong with a message of a building's broker.
public struct MessageProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public var topic: String
    public var what: String

    public init(topic: String, what: String) {
        self.topic = topic
        self.what = what
    }

    public var description: String { "the message on \(topic) cannot be used: \(what)" }
}

/// The JSON object of a message, with getters that say what is missing.
struct JSONMessage {
    let topic: String
    let value: JSONValue

    init(_ message: BrokerMessage) throws(MessageProblem) {
        topic = message.topic
        do throws(JSONProblem) {
            value = try JSONValue(parsing: message.payload)
        } catch {
            throw MessageProblem(topic: message.topic, what: "\(error)")
        }
        if case .object = value { return }
        throw MessageProblem(topic: message.topic, what: "it is no JSON object")
    }

    func problem(_ what: String) -> MessageProblem { MessageProblem(topic: topic, what: what) }

    func string(_ key: String) throws(MessageProblem) -> String {
        guard let text = value[key]?.string else { throw problem("\(key) is no text") }
        return text
    }

    func integer(_ key: String) throws(MessageProblem) -> Int {
        guard let number = value[key]?.integer else { throw problem("\(key) is no whole number") }
        return number
    }

    /// A time in seconds, to the millisecond.
    func milliseconds(_ key: String) throws(MessageProblem) -> Int64 {
        guard let seconds = value[key]?.number, let number = Int64(exactly: (seconds * 1000).rounded()) else {
            throw problem("\(key) is no time in seconds")
        }
        return number
    }
}
