import DeviceProtocols

/// Any bytes into the decoders of both sides, in two cuts and in one: the same must be found, and found again when
/// packed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    var bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    // Sums are rarely met by chance: every start gets one where the input asks for it.
    if first & 1 == 1 {
        var place = 1
        while place + WitMotionFrame.size <= bytes.count {
            guard bytes[place] == 0x55 else {
                place += 1
                continue
            }
            bytes[place + 10] = bytes[place..<place + 10].reduce(0, &+)
            place += WitMotionFrame.size
        }
    }
    let cut = min(Int(first), bytes.count)
    var once = WitMotionDecoder()
    var frames: [WitMotionFrame] = []
    once.decode(bytes) { frame, _ in frames.append(frame) }
    var twice = WitMotionDecoder()
    var again: [WitMotionFrame] = []
    for part in [bytes[..<cut], bytes[cut...]] { twice.decode(part) { frame, _ in again.append(frame) } }
    precondition(frames == again && once.counters == twice.counters)
    var records = WitMotionStreamDecoder()
    for frame in frames {
        var second = WitMotionDecoder()
        var found: [WitMotionFrame] = []
        second.decode(frame.encoded + frame.encoded) { frame, _ in found.append(frame) }
        precondition(found == [frame, frame])
        records.decode(frame.encoded[...]) { precondition(!$0.summary.isEmpty) }
    }
    var commands = WitMotionCommandDecoder()
    commands.decode(bytes) { precondition(WitMotionCommand($0.encoded) == $0) }
    once.finish { _, _ in }
    records.finish { _ in }
    return 0
}
