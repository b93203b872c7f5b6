extension ProtocolCard {
    /// Hesai XT16, XT32 and XT32M2X: they talk by themselves.
    public static let hesaiXT = ProtocolCard(
        name: "hesai-xt", title: "Hesai XT16, XT32, XT32M2X", kind: .lidar, transport: .udp(port: 2368),
        // No checksum, but a kilobyte in which a dozen bytes stand where they must.
        enoughFrames: 2,
        decoder: { HesaiXTStreamDecoder() })
}
