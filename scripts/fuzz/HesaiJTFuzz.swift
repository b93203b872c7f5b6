import DeviceProtocols

/// Any bytes, as a host hears them and as a device does; the first byte says where the cut is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    // Behind good frames, and with a sum that is right, so that what stands behind the sum is reached too.
    var padded = Array(bytes.prefix(70))
    padded += [UInt8](repeating: 0, count: 70 - padded.count)
    let guarded = [0xEE, 0xFF, 1, 8, 0, first & 1] + padded
    let sum = CRC32MPEG2.padded(guarded)
    let whole = guarded + (0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt32(8 * $0)) }
    let command = HesaiJTCommand(.answer, command: first, payload: Array(bytes.prefix(254)), random: sum)
    for start in [[], whole, command.encoded] {
        var decoder = HesaiJTDecoder()
        for part in [start[...], bytes[..<cut], bytes[cut...]] {
            decoder.decode(part) { event, remaining in
                precondition(remaining >= 0)
                switch event {
                case .points(let packet, let lost):
                    precondition(lost >= 0 && packet.echoes <= 16)
                    precondition(HesaiJTContent(packet).encoded.count == HesaiJTPacket.size)
                case .inertial(let sample): precondition(sample.encoded.count == HesaiJTInertial.size)
                case .command(let command):
                    precondition(command.encoded.count == 17 + command.payload.count + 2)
                    _ = command.angles?.levelChannel
                    _ = command.serialNumber
                    _ = command.meaning
                }
            }
        }
        precondition(decoder.counters.skippedBytes <= start.count + bytes.count)
    }
    var stream = HesaiJTStreamDecoder()
    stream.decode(bytes[...]) { _ in }
    stream.finish { _ in }
    return 0
}
