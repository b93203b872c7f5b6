import DeviceProtocols

/// Any bytes into the decoders of both sides, in two cuts; what is found is packed and found again, and taken apart.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)
    var host = JBDAnswerDecoder()
    var battery = JBDRequestDecoder()
    // Checks are rarely met by chance: the bytes as data reach what lies behind them.
    let body = Array(bytes.dropFirst().prefix(255))
    var answers = [JBDAnswer(.basic, data: body), JBDAnswer(.cells, data: body), JBDAnswer(.name, data: body)]
    var requests = [JBDRequest(writes: first & 1 == 1, .basic, data: body)]
    for part in [bytes[..<cut], bytes[cut...]] {
        host.decode(part) { answer, remaining in
            precondition(remaining >= 0)
            answers.append(answer)
        }
        battery.decode(part) { requests.append($0) }
    }
    var records = JBDStreamDecoder()
    for answer in answers {
        var found: [JBDAnswer] = []
        var second = JBDAnswerDecoder()
        second.decode(answer.encoded) { answer, _ in found.append(answer) }
        precondition(found == [answer])
        records.decode(answer.encoded[...]) { precondition(!$0.summary.isEmpty) }
        if let basics = JBDBasics(data: answer.data) { precondition(JBDBasics(data: basics.data) == basics) }
    }
    for request in requests {
        var found: [JBDRequest] = []
        var second = JBDRequestDecoder()
        second.decode(request.encoded) { found.append($0) }
        precondition(found == [request])
    }
    return 0
}
