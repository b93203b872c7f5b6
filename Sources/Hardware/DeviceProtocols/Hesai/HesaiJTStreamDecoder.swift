/// Reads a dump of a JT16's line: revolutions of the level channel (by the angles that the dump holds, else by nominal
/// ones), inertial samples, and answers.
public struct HesaiJTStreamDecoder: StreamDecoder {
    private var decoder = HesaiJTDecoder()
    private var rings = RingCollector()
    private var angles = HesaiCalibration.nominalJT16

    public init() {
        rings.channels = HesaiJTPacket.channels
        useAngles()
    }

    public var counters: FrameCounters { decoder.counters }
    /// Packets of points that are missing by their numbers.
    public var lostPackets: Int { decoder.lostPackets }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var decoder = HesaiJTDecoder()
        swap(&decoder, &self.decoder)
        decoder.decode(bytes) { event, _ in
            switch event {
            case .points(let packet, let lost): take(packet, lost, emit)
            case .inertial(let sample): emit(HesaiJTInertialRecord(sample))
            case .command(let command):
                if let found = command.angles {
                    angles = found
                    useAngles()
                }
                emit(HesaiJTCommandRecord(command))
            }
        }
        swap(&decoder, &self.decoder)
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) { rings.finish(emit) }

    private mutating func useAngles() {
        rings.channel = angles.levelChannel
        rings.elevation = angles.elevations[angles.levelChannel]
    }

    private mutating func take(_ packet: HesaiJTPacket, _ lost: Int, _ emit: (any DecodedRecord) -> Void) {
        rings.count(lost: lost)
        rings.count(echoes: packet.echoes)
        let channel = rings.channel
        let degrees = Double(packet.azimuth) / 100 + angles.azimuths[channel]
        rings.take(
            LidarPoint(
                degrees: degrees - (degrees / 360).rounded(.down) * 360,
                meters: Double(packet.distance(ofChannel: channel)) * HesaiJTPacket.unit,
                intensity: packet.reflectivity(ofChannel: channel), startsRevolution: rings.begins(at: packet.azimuth)),
            emit)
    }
}

/// A sample of the inertial sensor in a dump.
struct HesaiJTInertialRecord: DecodedRecord {
    /// In g, and in degrees a second.
    var acceleration: [Double]
    var turning: [Double]

    init(_ sample: HesaiJTInertial) {
        acceleration = sample.acceleration.map { Double($0) / 8192 }
        turning = sample.turning.map { Double($0) / 32.8 }
    }

    var summary: String { "inertial: \(acceleration) g, \(turning) °/s" }
}

/// A command or an answer in a dump.
struct HesaiJTCommandRecord: DecodedRecord {
    var answer: Bool
    var command: UInt8
    var payload: [UInt8]

    init(_ command: HesaiJTCommand) {
        answer = command.direction == .answer
        self.command = command.command
        payload = command.payload
    }

    var summary: String { "\(answer ? "answer" : "command") \(command): \(payload.count) bytes" }
}

extension HesaiCalibration {
    /// A JT16's angles where its own are not known: the mean of the sample file in the vendor's SDK 2.0, good to half a
    /// degree. It looks from level upwards, in two columns.
    public static let nominalJT16 = HesaiCalibration(
        elevations: (0..<16).map { 0.6 + 2.67 * Double($0) }, azimuths: (0..<16).map { $0 < 8 ? 193.47 : 187.83 })
}
