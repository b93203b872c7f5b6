/// Where the channels of a Hesai look: elevation and azimuth offset of each, in degrees, as measured at the factory.
///
/// The maker's file is text: `Laser id,Elevation,Azimuth`, then one line a channel. A line `EEFF,…` may stand in front,
/// and a hash behind. Elevation is positive upwards; the offset is added to the azimuth of the packet.
public struct HesaiCalibration: Hashable, Sendable {
    public var elevations: [Double]
    public var azimuths: [Double]

    public init(elevations: [Double], azimuths: [Double]) {
        self.elevations = elevations
        self.azimuths = azimuths
    }

    /// Why a text is no calibration.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// Counts from 1; 0 is about the whole text.
        public var line: Int
        public var what: String
        public var description: String { line > 0 ? "line \(line): \(what)" : what }
    }

    /// Reads the maker's file.
    ///
    /// Throws `Problem` where a line's figures cannot be, and where channels are missing.
    public init(text: String) throws(Problem) {
        var found: [Int: (elevation: Double, azimuth: Double)] = [:]
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let words = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.filter { !$0.isWhitespace }
            }
            guard words.count >= 3, let channel = Int(words[0]) else { continue }  // a heading, a hash, nothing
            guard let elevation = Double(words[1]), let azimuth = Double(words[2]) else {
                throw Problem(line: index + 1, what: "\"\(line)\" has no two angles behind the channel's number")
            }
            guard (1...128).contains(channel), found[channel] == nil else {
                throw Problem(line: index + 1, what: "channel \(channel) is there twice, or no channel's number")
            }
            guard abs(elevation) <= 90, abs(azimuth) <= 360 else {
                throw Problem(line: index + 1, what: "elevation \(elevation)° and azimuth \(azimuth)° cannot be")
            }
            found[channel] = (elevation, azimuth)
        }
        guard !found.isEmpty else { throw Problem(line: 0, what: "no line of the form: channel, elevation, azimuth") }
        elevations = []
        azimuths = []
        for channel in 1...found.count {
            guard let angles = found[channel] else { throw Problem(line: 0, what: "channel \(channel) is missing") }
            elevations.append(angles.elevation)
            azimuths.append(angles.azimuth)
        }
    }

    /// The maker's file.
    public var text: String {
        "Laser id,Elevation,Azimuth\n"
            + zip(elevations, azimuths).enumerated().map { "\($0 + 1),\($1.0),\($1.1)\n" }.joined()
    }

    /// How many channels it has.
    public var count: Int { elevations.count }

    /// The channel that looks most nearly level, for a planar view; of two that are equally near the upper one, since the
    /// lower one meets the floor. Counts from 0.
    public var levelChannel: Int {
        var best = 0
        for (channel, elevation) in elevations.enumerated() {
            let (new, old) = (abs(elevation), abs(elevations[best]))
            if new < old || (new == old && elevation > elevations[best]) { best = channel }
        }
        return best
    }

    /// The angles of the XT's data sheets, where no file is at hand: XT32 +15° to -16° in steps of 1°, XT16 +15° to -15°
    /// in steps of 2°; XT32M2X (six blocks a packet) +20.8° to -19.5° in steps of 1.3°. No offsets.
    public static func nominalXT(_ layout: HesaiXTLayout) -> HesaiCalibration {
        let (top, step) = layout.lasers == 16 ? (15.0, 2.0) : layout.blocks == 6 ? (20.8, 1.3) : (15.0, 1.0)
        return HesaiCalibration(
            elevations: (0..<layout.lasers).map { ((top - Double($0) * step) * 100).rounded() / 100 },
            azimuths: [Double](repeating: 0, count: layout.lasers))
    }
}
