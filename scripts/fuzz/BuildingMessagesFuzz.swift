import DeviceProtocols
import RobotModel

/// Any bytes as the content of a building's message, on every topic: what can be read must be the same when it is written and
/// read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let payload = Array(UnsafeBufferPointer(start: data, count: size))
    if let value = try? JSONValue(parsing: payload) {
        // A number may be written otherwise than it was read, but not a second time.
        guard let again = try? JSONValue(parsing: value.bytes) else { preconditionFailure("written, and no JSON") }
        precondition(again.bytes == value.bytes)
    }
    let address = RFAAddress(building: "t", bank: "a", elevator: "1", robot: "r")
    for topic in address.answerTopics {
        guard let answer = (try? RFAAnswer(BrokerMessage(topic: topic, payload: payload), to: address)) ?? nil else {
            continue
        }
        let again = try? RFAAnswer(answer.message(from: address, at: 0), to: address)
        precondition(again == answer)
    }
    for interface in RFAInterface.allCases {
        let topic = "/lci/t/a/1/\(interface.rawValue)/r"
        guard let asked = (try? RFAAsked(BrokerMessage(topic: topic, payload: payload), to: address)) ?? nil else {
            continue
        }
        let again = try? RFAAsked(asked.request.message(to: address, at: asked.milliseconds), to: address)
        precondition(again == asked)
    }
    let rmf = RMFTopics()
    func same<Message: Equatable>(
        _ topic: String, _ read: (BrokerMessage) -> Message?, _ write: (Message) -> BrokerMessage
    ) {
        guard let message = read(BrokerMessage(topic: topic, payload: payload)) else { return }
        precondition(read(write(message)) == message)
    }
    same(rmf.liftStates, { (try? RMFLiftState($0, rmf)) ?? nil }, { $0.message(rmf, at: 0) })
    same(rmf.liftRequests, { (try? RMFLiftRequest($0, rmf)) ?? nil }, { $0.message(rmf, at: 0) })
    same(rmf.doorStates, { (try? RMFDoorState($0, rmf)) ?? nil }, { $0.message(rmf, at: 0) })
    same(rmf.doorRequests, { (try? RMFDoorRequest($0, rmf)) ?? nil }, { $0.message(rmf, at: 0) })
    same(rmf.doorHeartbeat, { (try? RMFDoorHeartbeat($0, rmf)) ?? nil }, { $0.message(rmf, at: 0) })
    return 0
}
