extension ProtocolCard {
    /// ODrive's text protocol. It is asked for its firmware and its voltage; the empty line before ends half a line that
    /// somebody left.
    public static let odrive = ProtocolCard(
        name: "odrive", title: "ODrive 3.x (ASCII protocol, firmware 0.5.4 and later)", kind: .wheels,
        transport: .serial(rates: [115_200, 921_600, 460_800, 230_400, 9600]),
        questions: [Array("\n".utf8)]
            + (ODriveProperty.firmwareVersion + [ODriveProperty.busVoltage]).map { ODriveRequest.read($0).encoded },
        // Four lines with an eight-bit checksum each.
        enoughFrames: 4, decoder: { ODriveStreamDecoder() })
}
