import DeviceProtocols
import RobotModel

/// What a decoder found, with the frames read into values.
enum RPLIDARFound: Hashable {
    case answer(type: UInt8, payload: [UInt8])
    case scanBegins(RPLIDARFormat)
    case standard(RPLIDARStandardSample)
    case express(RPLIDARExpressFrame)
    case ultra(RPLIDARUltraFrame)
    case dense(RPLIDARDenseFrame)
    case ultraDense(RPLIDARUltraDenseFrame)
    case hq(RPLIDARHQFrame)
    case gap, restarted
    /// Bytes that the decoder took for a frame and that are none.
    case nonsense

    init(_ event: RPLIDARDecoder.Event, _ frame: Span<UInt8>) {
        self =
            switch event {
            case .answer(let type, let payload): .answer(type: type, payload: payload)
            case .scanBegins(let format): .scanBegins(format)
            case .gap: .gap
            case .restarted: .restarted
            case .frame(.standard): RPLIDARStandardSample(frame).map { .standard($0) } ?? .nonsense
            case .frame(.express): RPLIDARExpressFrame(frame).map { .express($0) } ?? .nonsense
            case .frame(.ultra): RPLIDARUltraFrame(frame).map { .ultra($0) } ?? .nonsense
            case .frame(.dense): RPLIDARDenseFrame(frame).map { .dense($0) } ?? .nonsense
            case .frame(.ultraDense): RPLIDARUltraDenseFrame(frame).map { .ultraDense($0) } ?? .nonsense
            case .frame(.hq): RPLIDARHQFrame(frame).map { .hq($0) } ?? .nonsense
            }
    }

    /// The bytes of a frame.
    var encoded: [UInt8] {
        switch self {
        case .standard(let sample): sample.encoded
        case .express(let frame): frame.encoded
        case .ultra(let frame): frame.encoded
        case .dense(let frame): frame.encoded
        case .ultraDense(let frame): frame.encoded
        case .hq(let frame): frame.encoded
        default: []
        }
    }

    var isFrame: Bool { !encoded.isEmpty }

    /// The frame of a place in a scan, with ranges out of the whole of what it can carry. The head turns half a degree
    /// from sample to sample.
    static func random(
        _ format: RPLIDARFormat, index: Int, using random: inout SeededRandom
    ) -> RPLIDARFound {
        let count = format.samplesPerFrame
        let first = index * count
        let start = UInt16(first * 32 % 23040)
        let restarts = index == 0
        func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
        switch format {
        case .standard:
            return .standard(
                RPLIDARStandardSample(
                    startsRevolution: start == 0, quality: UInt8(number(64)), angleQ6: start,
                    distanceQ2: UInt16(number(65536))))
        case .dense:
            return .dense(
                RPLIDARDenseFrame(
                    restarts: restarts, startAngleQ6: start, distances: (0..<count).map { _ in UInt16(number(65536)) }))
        case .express:
            return .express(
                RPLIDARExpressFrame(
                    restarts: restarts, startAngleQ6: start,
                    samples: (0..<count).map { _ in
                        .init(millimeters: UInt16(number(16384)), offsetQ3: UInt8(number(64)))
                    }))
        case .ultra:
            return .ultra(
                RPLIDARUltraFrame(
                    restarts: restarts, startAngleQ6: start,
                    cabins: (0..<count / 3).map { _ in UInt32(number(1 << 32)) }))
        case .ultraDense:
            return .ultraDense(
                RPLIDARUltraDenseFrame(
                    timeStamp: UInt32(number(1 << 32)), status: UInt16(number(65536)), restarts: restarts,
                    startAngleQ6: start, samples: (0..<count).map { _ in .init(bits: UInt32(number(1 << 20))) }))
        case .hq:
            return .hq(
                RPLIDARHQFrame(
                    timeStamp: UInt64(number(.max)),
                    samples: (0..<count).map { place in
                        .init(
                            angleQ14: UInt16((first + place) % 720 * 91), distanceQ2: UInt32(number(1 << 32)),
                            strength: UInt8(number(256)), startsRevolution: (first + place) % 720 == 0)
                    }))
        }
    }
}

extension RPLIDARDecoder {
    /// Takes bytes and gives what was found in them.
    mutating func read(_ bytes: [UInt8]) -> [RPLIDARFound] {
        var found: [RPLIDARFound] = []
        decode(bytes.span) { event, frame, _ in found.append(RPLIDARFound(event, frame)) }
        return found
    }

    /// Takes bytes in pieces of 1 to `most`.
    mutating func read(_ bytes: [UInt8], inPiecesOf most: Int, using random: inout SeededRandom) -> [RPLIDARFound] {
        var found: [RPLIDARFound] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...most, using: &random))
            found += read(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return found
    }
}
