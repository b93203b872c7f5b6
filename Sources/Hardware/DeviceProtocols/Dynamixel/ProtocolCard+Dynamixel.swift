extension ProtocolCard {
    /// ROBOTIS Dynamixel, Protocol 2.0. Everybody is asked who is there; servos leave the factory at 57600 bit/s.
    public static let dynamixel = ProtocolCard(
        name: "dynamixel", title: "ROBOTIS Dynamixel servos (Protocol 2.0)", kind: .joints,
        transport: .serial(rates: [1_000_000, 57_600, 115_200, 2_000_000, 3_000_000, 4_000_000, 9600]),
        questions: [DynamixelPacket.ping(DynamixelPacket.broadcastID).encoded],
        // The last of 253 ids answers 3 ms after the one before it (DynamixelSDK, broadcastPing).
        listenTime: .milliseconds(800), enoughFrames: 1,
        decoder: { DynamixelStreamDecoder() })
}
