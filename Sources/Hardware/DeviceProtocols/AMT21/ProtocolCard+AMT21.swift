extension ProtocolCard {
    /// CUI AMT21. Eight addresses from the factory's one on are asked for their angle, eight times: an encoder's word proves
    /// little.
    public static let amt21 = ProtocolCard(
        name: "amt21", title: "CUI AMT21 absolute encoders on RS-485", kind: .encoder,
        transport: .serial(rates: [2_000_000, 115_200, 57_600, 38_400, 19_200, 9600]),
        questions: (0..<64).map { AMT21Request.position(AMT21Request.factoryAddress + 4 * UInt8($0 % 8)).encoded },
        questionPause: .milliseconds(5), listenTime: .milliseconds(100), enoughFrames: 8, provesLittle: true,
        decoder: { AMT21StreamDecoder() })
}
