import DeviceProtocols

/// Any bytes into the line decoder, in two cuts: a request that is found in them must be the same when it is written and
/// read again, and the stream decoder must take them in whole and in halves alike.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    var lines: [ODriveLine] = []
    var decoder = ODriveLineDecoder()
    for part in [bytes[..<cut], bytes[cut...]] { decoder.decode(part) { lines.append($0) } }
    for line in lines {
        let request = ODriveRequest(text: line.text)
        _ = ODriveAnswer(text: line.text).encoded(sealed: true)
        if case .other = request { continue }
        // A speed is written with six decimals: what is read after one writing stays.
        let written = ODriveRequest(text: request.text)
        var again: [ODriveRequest] = []
        var second = ODriveLineDecoder()
        second.decode(written.encoded) { line in
            precondition(line.seal == .valid)
            again.append(ODriveRequest(text: line.text))
        }
        precondition(again == [written])
    }
    for word in ODriveErrors.Word.allCases {
        precondition(ODriveErrors(word, bits: UInt64(first) << 24).names.isEmpty == (first == 0))
    }

    func records(_ parts: [ArraySlice<UInt8>]) -> ([String], FrameCounters) {
        var stream = ODriveStreamDecoder()
        var found: [String] = []
        for part in parts { stream.decode(part) { found.append($0.summary) } }
        stream.finish { found.append($0.summary) }
        return (found, stream.counters)
    }
    precondition(records([bytes[...]]) == records([bytes[..<cut], bytes[cut...]]))
    return 0
}
