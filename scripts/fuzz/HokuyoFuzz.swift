import DeviceProtocols

/// Any bytes, as a host hears them and as a device does; the first byte says where the cut is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    for start in [[], Array("MD0000000201000\n99b\n".utf8), Array("PP\n00P\n".utf8)] {
        var decoder = HokuyoDecoder()
        for part in [start[...], bytes[..<cut], bytes[cut...]] {
            decoder.decode(part) { event, remaining in
                precondition(remaining >= 0)
                switch event {
                case .scan(let scan):
                    precondition(scan.ranges.count == scan.measurement.count && scan.milliseconds < 1 << 24)
                    var again = HokuyoDecoder()
                    var found = 0
                    again.decode(scan.encoded[...]) { event, _ in found += event == .scan(scan) ? 1 : 0 }
                    precondition(found == 1)
                case .answer(let answer):
                    _ = HokuyoParameters(answer).map { precondition($0.degrees(ofStep: 0) < 360) }
                    _ = answer.milliseconds
                    _ = answer.status.meaning(of: answer.command)
                case .gap: break
                }
            }
        }
    }
    var stream = HokuyoStreamDecoder()
    stream.decode(bytes[...]) { _ in }
    stream.finish { _ in }
    var commands = HokuyoCommandDecoder()
    commands.decode(bytes) {
        if let command = $0.command { precondition(HokuyoCommand(command.characters[...]) == command) }
    }
    return 0
}
