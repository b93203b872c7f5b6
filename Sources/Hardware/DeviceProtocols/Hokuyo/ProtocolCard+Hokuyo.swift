extension ProtocolCard {
    /// Hokuyo with SCIP 2.0. It is stopped, then asked who it is; its laser goes off, and nothing else changes.
    public static let hokuyo = ProtocolCard(
        name: "hokuyo", title: "Hokuyo URG, UBG, UTM, UST (SCIP 2.0)", kind: .lidar,
        transport: .serial(rates: [115_200, 19_200, 57_600, 250_000, 500_000, 750_000]),
        // A line's end first: what the device has heard of a question at another rate is not part of this one.
        questions: [[0x0A] + HokuyoCommand.quit.encoded, HokuyoCommand.version.encoded],
        // Every model has these steps, a good half of a turn to the front; endless, until QT.
        starts: [
            [0x0A] + HokuyoCommand.quit.encoded, HokuyoCommand.parameters.encoded, HokuyoCommand.laserOn.encoded,
            Array("MD0044072501000\n".utf8),
        ],
        farewell: HokuyoCommand.quit.encoded, questionPause: .milliseconds(150), enoughFrames: 2,
        repeatsQuestions: true, decoder: { HokuyoStreamDecoder() })
}
