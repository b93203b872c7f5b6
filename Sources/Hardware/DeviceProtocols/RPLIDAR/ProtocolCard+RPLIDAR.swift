extension ProtocolCard {
    /// Slamtec RPLIDAR. It is asked who it is; that ends a scan, and changes nothing else.
    public static let rplidar = ProtocolCard(
        name: "rplidar", title: "Slamtec RPLIDAR A, C and S series", kind: .lidar,
        transport: .serial(rates: [115_200, 256_000, 460_800, 1_000_000]),
        questions: [RPLIDARRequest(.stop).encoded, RPLIDARRequest(.getInfo).encoded],
        questionPause: .milliseconds(100), enoughFrames: 1,
        decoder: { RPLIDARStreamDecoder() })
}
