extension ProtocolCard {
    /// Feetech STS and SMS servos. Everybody is asked who is there, three times: an 8-bit checksum proves little.
    public static let feetech = ProtocolCard(
        name: "feetech", title: "Feetech STS and SMS series servos", kind: .joints,
        transport: .serial(rates: [1_000_000, 500_000, 115_200, 250_000, 128_000, 57_600, 38_400]),
        questions: [[UInt8]](repeating: FeetechPacket.ping(FeetechPacket.broadcastID).encoded, count: 3),
        questionPause: .milliseconds(100), enoughFrames: 3,
        decoder: { FeetechStreamDecoder() })
}
