import DeviceProtocols

/// Any bytes, whole and cut in two, at a known width and at one that has to be found: the same packets.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    for format in [nil] + YDLIDARSampleFormat.allCases.map(Optional.some) {
        var whole: [YDLIDARDecoder.Event] = []
        var decoder = YDLIDARDecoder(format: format)
        decoder.decode(bytes[...]) { event, payload, remaining in
            precondition(remaining >= 0 && remaining <= bytes.count)
            whole.append(event)
            guard case .packet(let packet) = event else { return }
            precondition(payload.count == packet.count * packet.format.width)
            for ranging in [YDLIDARModel.Ranging.triangle, .octave, .straight, .timeOfFlight] {
                packet.unpack(payload, ranging: ranging) { point, _ in
                    precondition(point.degrees >= 0 && point.degrees < 360 && point.meters >= 0)
                }
            }
        }
        var pieces: [YDLIDARDecoder.Event] = []
        var other = YDLIDARDecoder(format: format)
        for part in [bytes[..<cut], bytes[cut...]] { other.decode(part) { event, _, _ in pieces.append(event) } }
        precondition(whole == pieces && decoder.counters == other.counters)
    }
    var requests = YDLIDARRequestDecoder()
    requests.decode(bytes) { precondition($0.encoded.count == 2) }
    var stream = YDLIDARStreamDecoder()
    stream.decode(bytes[...]) { _ in }
    stream.finish { _ in }
    return 0
}
