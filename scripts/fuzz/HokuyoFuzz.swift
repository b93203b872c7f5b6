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
    // Sums are rarely met by chance: figures of a device that says anything, in an answer that holds.
    let keys = ["DMIN", "DMAX", "ARES", "AMIN", "AMAX", "AFRT", "SCAN"]
    let fields = keys.indices.map { index in
        let figure = (0..<Int(bytes[index % bytes.count] % 7)).reduce(0) {
            $0 << 8 | Int(bytes[(index * 7 + $1) % bytes.count])
        }
        return Array("\(keys[index]):\(figure)".utf8)
    }
    if let parameters = HokuyoParameters(HokuyoAnswer(.parameters, lines: fields)) {
        precondition(parameters.period > .zero)
        for step in [parameters.first, parameters.last] {
            let degrees = parameters.degrees(ofStep: Double(step))
            precondition(degrees >= 0 && degrees < 360)
        }
        precondition(parameters.meters(UInt32(first)) >= 0)
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
