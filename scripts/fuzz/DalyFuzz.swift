import DeviceProtocols

/// Any bytes into the decoder, in two cuts; what it finds is packed and found again, and taken apart.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)
    var decoder = DalyDecoder()
    var frames: [DalyFrame] = []
    for part in [bytes[..<cut], bytes[cut...]] {
        decoder.decode(part) { frame, remaining in
            precondition(remaining >= 0)
            frames.append(frame)
        }
    }
    // Sums are rarely met by chance: the bytes as data reach what lies behind them.
    for command in UInt8(0x90)...0x98 {
        frames.append(DalyFrame.answer(DalyFrame.Command(rawValue: command), Array(bytes.dropFirst().prefix(8))))
    }
    var records = DalyStreamDecoder()
    for frame in frames {
        var found: [DalyFrame] = []
        var second = DalyDecoder()
        second.decode(frame.encoded) { frame, _ in found.append(frame) }
        precondition(found == [frame])
        records.decode(frame.encoded[...]) { precondition(!$0.summary.isEmpty) }
        if let pack = DalyPack(data: frame.data) { precondition(DalyPack(data: pack.data) == pack) }
        if let faults = DalyFaults(data: frame.data) {
            precondition(DalyFaults(data: faults.data) == faults)
            precondition(faults.protections.isEmpty == (faults.summary == 0))
        }
    }
    return 0
}
