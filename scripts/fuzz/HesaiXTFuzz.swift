import DeviceProtocols

/// Any bytes, as a host hears them and as a device's command port does; the first byte says where the cut is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    for start in [[], [0xEE, 0xFF, 6, 1, 0, 0, 16, 8, 0, 4, 1, 1]] as [[UInt8]] {
        var decoder = HesaiXTDecoder()
        for part in [start[...], bytes[..<cut], bytes[cut...]] {
            decoder.decode(part) { packet, lost, remaining in
                precondition(lost >= 0 && remaining >= 0)
                let content = HesaiXTContent(packet)
                precondition(content.encoded.count == packet.layout.size)
                precondition(content.azimuths.allSatisfy { $0 < 36_000 })
                packet.forEachShot(channel: 7) { precondition($0.azimuth < 36_000) }
                _ = packet.time.nanoseconds
            }
        }
        precondition(decoder.counters.skippedBytes <= bytes.count + start.count)
    }
    for start in [[], [0xD4, 0xC3, 0xB2, 0xA1]] as [[UInt8]] {
        var stream = HesaiXTStreamDecoder()
        for part in [start[...], bytes[..<cut], bytes[cut...]] { stream.decode(part) { _ in } }
        stream.finish { _ in }
    }
    if let calibration = try? HesaiCalibration(text: String(decoding: bytes, as: UTF8.self)) {
        precondition(calibration.levelChannel < calibration.count)
        precondition((try? HesaiCalibration(text: calibration.text)) == calibration)
    }
    var commands = HesaiPTCDecoder()
    commands.decode(bytes[..<cut]) { precondition($0.encoded.count == 8 + $0.payload.count) }
    commands.decode(bytes[cut...]) { _ = $0.meaning }
    return 0
}
