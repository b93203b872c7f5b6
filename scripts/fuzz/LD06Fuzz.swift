import DeviceProtocols

/// Any bytes, whole and cut in two: the same frames, each of which is written as it was read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    var whole: [LD06Frame] = []
    var decoder = LD06Decoder()
    decoder.decode(bytes[...]) { event, remaining in
        precondition(remaining >= 0 && remaining <= bytes.count)
        if case .frame(let frame) = event { whole.append(frame) }
    }
    var pieces: [LD06Frame] = []
    var other = LD06Decoder()
    var unpacker = LD06Unpacker()
    for part in [bytes[..<cut], bytes[cut...]] {
        other.decode(part) { event, _ in
            guard case .frame(let frame) = event else { return unpacker.breakSequence() }
            pieces.append(frame)
            unpacker.unpack(frame) { point, _ in precondition(point.degrees >= 0 && point.degrees < 360) }
        }
    }
    precondition(whole == pieces && decoder.counters == other.counters)

    var again: [LD06Frame] = []
    var reader = LD06Decoder()
    reader.decode(whole.flatMap(\.encoded)[...]) { event, _ in
        if case .frame(let frame) = event { again.append(frame) }
    }
    precondition(again == whole)

    var stream = LD06StreamDecoder()
    stream.decode(bytes[...]) { _ in }
    stream.finish { _ in }
    return 0
}
