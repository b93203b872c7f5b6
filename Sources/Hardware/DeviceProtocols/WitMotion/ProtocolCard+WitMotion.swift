extension ProtocolCard {
    /// WitMotion inertial unit. It talks by itself, down to five frames every 100 ms in the state in which it is sold;
    /// with a sum of eight bits only, twelve frames are asked for.
    public static let witmotion = ProtocolCard(
        name: "witmotion", title: "WitMotion WT901, WT901B and kin, serial inertial unit", kind: .inertial,
        transport: .serial(rates: [9600, 115_200, 921_600, 460_800, 230_400, 57_600, 38_400, 19_200, 4800]),
        listenTime: .milliseconds(700), enoughFrames: 12,
        decoder: { WitMotionStreamDecoder() })
}
