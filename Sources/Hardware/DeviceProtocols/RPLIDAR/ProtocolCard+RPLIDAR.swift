extension ProtocolCard {
    /// Slamtec RPLIDAR. It is asked who it is; that ends a scan, and changes nothing else.
    public static let rplidar = ProtocolCard(
        name: "rplidar", title: "Slamtec RPLIDAR A, C and S series", kind: .lidar,
        transport: .serial(rates: [115_200, 256_000, 460_800, 1_000_000]),
        questions: [RPLIDARRequest(.stop).encoded, RPLIDARRequest(.getInfo).encoded],
        starts: [
            RPLIDARRequest(.stop).encoded, RPLIDARRequest.motorSpeed(rpm: 600).encoded, RPLIDARRequest(.scan).encoded,
        ],
        farewell: RPLIDARRequest(.stop).encoded, questionPause: .milliseconds(100), enoughFrames: 1,
        decoder: { RPLIDARStreamDecoder() })

    /// One card for each format of its samples, for dumps that begin in the middle of a scan and whose format cannot be
    /// told. They are not probed: `rplidar` finds every RPLIDAR.
    public static let rplidarFormats: [ProtocolCard] = RPLIDARFormat.allCases.map { format in
        var card = rplidar
        card.name = "rplidar-\(format.name)"
        card.title = "Slamtec RPLIDAR, a scan in the \(format.name) format"
        card.questions = []
        card.starts = []
        card.isProbed = false
        // Chance resembles a sample without a checksum.
        card.enoughFrames = format == .standard ? 32 : 3
        card.decoder = { RPLIDARStreamDecoder(format: format) }
        card.pointDecoder = { RPLIDARPointDecoder(joining: format) }
        return card
    }
}
