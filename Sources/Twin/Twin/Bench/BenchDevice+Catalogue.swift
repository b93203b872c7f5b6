extension BenchDevice {
    /// One maker for each protocol of `ProtocolCard.all`: takes the line's path and a seed.
    static let makers: [(name: String, make: @Sendable (_ path: String, _ seed: UInt64) -> BenchDevice)] =
        [
            ("rplidar", rplidar)
        ] + rplidarFormats
}
