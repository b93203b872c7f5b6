extension BenchDevice {
    /// One maker for each protocol of `ProtocolCard.all`: takes the line's path and a seed.
    static let makers: [(name: String, make: @Sendable (_ path: String, _ seed: UInt64) -> BenchDevice)] =
        [
            ("ld06", ld06),
            ("witmotion", witmotion),
            ("rplidar", rplidar),
            ("ydlidar", ydlidar),
            ("hokuyo", hokuyo),
            ("hesai-xt", hesaiXT),
            ("hesai-jt16", hesaiJT16),
            ("jbd", jbd),
            ("daly", daly),
            ("odrive", odrive),
            ("dynamixel", dynamixel),
            ("feetech", feetech),
            ("zlac8015d", zlac8015d),
            ("relay-box", relayBox),
            ("box-radio", boxRadio),
            ("amt21", amt21),
        ] + rplidarFormats
}
