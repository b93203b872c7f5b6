import DeviceProtocols

/// Any bytes, as a host hears them and as a device does; the first byte says where the cut is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    for start in [
        [], RPLIDARDescriptor(type: 0x81, length: 5, loops: true).encoded,
        RPLIDARDescriptor(type: 0x85, length: 84, loops: true).encoded,
    ] {
        var decoder = RPLIDARDecoder()
        var unpacker = RPLIDARDenseUnpacker()
        for part in [start[...], bytes[..<cut], bytes[cut...]] {
            decoder.decode(part) { event, remaining in
                precondition(remaining >= 0)
                switch event {
                case .answer(_, let payload):
                    _ = RPLIDARInfo(payload: payload)
                    _ = RPLIDARHealth(payload: payload)
                    _ = RPLIDARSampleRate(payload: payload)
                    _ = RPLIDARConfiguration(payload: payload)?.number
                case .dense(let frame):
                    unpacker.unpack(frame) { precondition($0.degrees >= 0 && $0.degrees < 360) }
                case .standard(let sample): precondition(sample.quality < 64)
                default: break
                }
            }
        }
    }
    var requests = RPLIDARRequestDecoder()
    requests.decode(bytes) { precondition($0.encoded.count >= 2) }
    return 0
}
