import DeviceProtocols

/// Any bytes, as a host hears them and as a device does. The first byte says where the cut is, the second one in which
/// format a scan runs; checksums are rarely met by chance, so the bytes are also sealed into frames, which must be found.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard bytes.count >= 2 else { return 0 }
    let cut = min(Int(bytes[0]), bytes.count)
    let formats = RPLIDARFormat.allCases
    let format = formats[Int(bytes[1]) % formats.count]
    let sealed = sealedFrames(format, of: bytes)

    // As it comes; with its announcement; joined in the middle; and around whole frames.
    hear([bytes], RPLIDARDecoder())
    hear([Array(bytes[..<cut]), Array(bytes[cut...])], RPLIDARDecoder())
    hear([format.descriptor.encoded, Array(bytes[..<cut]), Array(bytes[cut...])], RPLIDARDecoder())
    var joined = RPLIDARDecoder()
    joined.join(format)
    hear([Array(bytes[..<cut]), Array(bytes[cut...])], joined)
    hear([format.descriptor.encoded] + sealed + [Array(bytes[cut...])] + sealed, RPLIDARDecoder())

    // Whole frames, cut anywhere, come out, and nothing else does.
    var decoder = RPLIDARDecoder()
    var found: [[UInt8]] = []
    let stream = format.descriptor.encoded + sealed.flatMap { $0 }
    let place = min(7 + Int(bytes[0]) * 4, stream.count)
    for part in [stream[..<place], stream[place...]] {
        decoder.decode(part.span) { event, frame, _ in
            if case .frame = event { found.append(frame.indices.map { frame[$0] }) }
        }
    }
    if format != .standard, !sealed.contains(where: saysSomethingElse) { precondition(found == sealed) }

    var dump = RPLIDARStreamDecoder()
    for part in [bytes[..<cut], bytes[cut...], ArraySlice(sealed.flatMap { $0 })] { dump.decode(part) { _ in } }
    dump.finish { _ in }
    precondition(dump.counters.skippedBytes >= 0 && dump.counters.frames >= 0)

    var requests = RPLIDARRequestDecoder()
    requests.decode(bytes) { precondition($0.encoded.count >= 2) }
    return 0
}

/// Whether a frame that is cut may be taken for more than a frame: it begins as an announcement does, or the words of a
/// restart stand in it.
private func saysSomethingElse(_ frame: [UInt8]) -> Bool {
    let words = Array("RP LIDAR".utf8)
    return frame.starts(with: [0xA5, 0x5A]) || frame.indices.contains { frame[$0...].starts(with: words) }
}

/// Reads the parts, and every frame and answer in them in every way.
private func hear(_ parts: [[UInt8]], _ reader: RPLIDARDecoder) {
    var decoder = reader
    var unpackers = RPLIDARFormat.allCases.map { RPLIDARUnpacker(format: $0) }
    var given = 0
    for part in parts {
        given += part.count
        decoder.decode(part.span) { event, frame, remaining in
            precondition(remaining >= 0 && remaining <= given)
            switch event {
            case .answer(_, let payload):
                _ = RPLIDARInfo(payload: payload)?.summary
                _ = RPLIDARHealth(payload: payload)
                _ = RPLIDARSampleRate(payload: payload)
                _ = RPLIDARConfiguration(payload: payload)?.number
            case .frame(let format):
                precondition(frame.count == format.frameSize && encoded(format, frame) != nil)
                guard let index = unpackers.firstIndex(where: { $0.format == format }) else { return }
                for place in 0..<unpackers[index].unpack(frame) {
                    let point = unpackers[index].points[place]
                    precondition(point.degrees >= 0 && point.degrees < 360 && point.meters >= 0)
                }
            default: break
            }
        }
    }
}

/// Frames whose fields are the bytes.
private func sealedFrames(_ format: RPLIDARFormat, of bytes: [UInt8]) -> [[UInt8]] {
    func byte(_ index: Int) -> UInt8 { bytes[index % bytes.count] }
    func word(_ index: Int) -> UInt16 { UInt16(byte(index)) | UInt16(byte(index + 1)) << 8 }
    func long(_ index: Int) -> UInt32 { UInt32(word(index)) | UInt32(word(index + 2)) << 16 }
    let count = format.samplesPerFrame
    return (0..<3).map { place in
        let first = place * 211
        let restarts = byte(first) & 1 == 1
        switch format {
        case .standard:
            return RPLIDARStandardSample(
                startsRevolution: restarts, quality: byte(first), angleQ6: word(first), distanceQ2: word(first + 2)
            ).encoded
        case .express:
            return RPLIDARExpressFrame(
                restarts: restarts, startAngleQ6: word(first),
                samples: (0..<count).map { .init(millimeters: word(first + 2 * $0), offsetQ3: byte(first + $0)) }
            ).encoded
        case .ultra where restarts:
            return RPLIDARUltraFrame(
                restarts: restarts, startAngleQ6: word(first),
                millimeters: (0..<count).map { Int(word(first + 2 * $0)) }, next: Int(word(first))
            ).encoded
        case .ultra:
            return RPLIDARUltraFrame(
                restarts: restarts, startAngleQ6: word(first), cabins: (0..<count / 3).map { long(first + 4 * $0) }
            ).encoded
        case .dense:
            return RPLIDARDenseFrame(
                restarts: restarts, startAngleQ6: word(first), distances: (0..<count).map { word(first + 2 * $0) }
            ).encoded
        case .ultraDense:
            return RPLIDARUltraDenseFrame(
                timeStamp: long(first), status: word(first), restarts: restarts, startAngleQ6: word(first),
                samples: (0..<count).map { .init(millimeters: Int(word(first + $0)), strength: byte(first + $0)) }
            ).encoded
        case .hq:
            return RPLIDARHQFrame(
                timeStamp: UInt64(long(first)),
                samples: (0..<count).map {
                    .init(
                        angleQ14: word(first + $0), distanceQ2: long(first + 2 * $0), strength: byte(first + $0),
                        startsRevolution: byte(first + $0) & 1 == 1)
                }
            ).encoded
        }
    }
}

/// A frame read and packed again.
private func encoded(_ format: RPLIDARFormat, _ frame: Span<UInt8>) -> [UInt8]? {
    switch format {
    case .standard: RPLIDARStandardSample(frame)?.encoded
    case .express: RPLIDARExpressFrame(frame)?.encoded
    case .ultra: RPLIDARUltraFrame(frame)?.encoded
    case .dense: RPLIDARDenseFrame(frame)?.encoded
    case .ultraDense: RPLIDARUltraDenseFrame(frame)?.encoded
    case .hq: RPLIDARHQFrame(frame)?.encoded
    }
}
