extension ProtocolCard {
    /// Hesai JT16 on RS-485: it talks by itself, at the one rate that it has.
    public static let hesaiJT16 = ProtocolCard(
        name: "hesai-jt16", title: "Hesai JT16 (RS-485)", kind: .lidar, transport: .serial(rates: [3_125_000]),
        enoughFrames: 1,
        decoder: { HesaiJTStreamDecoder() })
}
