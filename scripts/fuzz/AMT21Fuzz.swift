import DeviceProtocols

/// Any bytes into the encoder's and the dump's decoder, in two cuts; whatever is read is sound.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    var requests = AMT21RequestDecoder()
    var stream = AMT21StreamDecoder()
    var frames = 0
    for part in [bytes[..<cut], bytes[cut...]] {
        requests.decode(part) { precondition(AMT21Request.isAddress($0.encoded[0] & ~3)) }
        stream.decode(part) { record in
            frames += 1
            _ = record.summary
            guard let record = record as? AMT21Record else { preconditionFailure("a record of another kind") }
            precondition((0..<AMT21Word.stepsPerTurn).contains(record.value))
        }
    }
    stream.finish { _ in frames += 1 }
    precondition(stream.counters.frames == frames)
    // Every byte belongs to a frame of two or three, or was skipped.
    let taken = bytes.count - stream.counters.skippedBytes
    precondition(taken >= 2 * frames && taken <= 3 * frames)
    for pair in zip(bytes, bytes.dropFirst()) {
        let word = AMT21Word(low: pair.0, high: pair.1)
        precondition(word.isSound == (AMT21Word(value: word.value) == word))
    }
    return 0
}
