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
}
