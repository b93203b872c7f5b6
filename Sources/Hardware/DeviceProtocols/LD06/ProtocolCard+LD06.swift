extension ProtocolCard {
    /// LDROBOT's family around the LD06. It talks by itself and cannot be asked. Three frames, since eight bits guard one.
    public static let ld06 = ProtocolCard(
        name: "ld06", title: "LDROBOT LD06, LD19, LD14, STL06P, STL19P, STL27L", kind: .lidar,
        transport: .serial(rates: [230_400, 921_600, 115_200]), listenTime: .milliseconds(400), enoughFrames: 3,
        decoder: { LD06StreamDecoder() }, pointDecoder: { LD06PointDecoder() })
}
