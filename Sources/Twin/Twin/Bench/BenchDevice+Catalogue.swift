extension BenchDevice {
    /// One maker for each protocol of `ProtocolCard.all`: takes the line's path and a seed.
    static let makers: [(name: String, make: @Sendable (_ path: String, _ seed: UInt64) -> BenchDevice)] = [
        ("ld06", ld06),
        ("rplidar", rplidar),
        ("rplidar", rplidar), ("hokuyo", hokuyo),
        ("rplidar", rplidar),
        ("odrive", odrive), ("zlac8015d", zlac8015d),
        ("relaybox", relayBox), ("boxradio", boxRadio),
        ("witmotion", witmotion),
        ("rplidar", rplidar),
        ("jbd", jbd),
        ("daly", daly),
    ]
}
