extension ProtocolCard {
    /// Daly battery. It is asked for its status, and again: a battery that sleeps wakes at the first question.
    public static let daly = ProtocolCard(
        name: "daly", title: "Daly battery (BMS over UART or RS-485)", kind: .battery,
        transport: .serial(rates: [9600]),
        questions: [
            DalyFrame.question(.status).encoded, DalyFrame.question(.pack).encoded,
            DalyFrame.question(.switches).encoded,
            DalyFrame.question(.temperatures).encoded,
        ],
        questionPause: .milliseconds(150), listenTime: .milliseconds(400), enoughFrames: 2,
        decoder: { DalyStreamDecoder() })
}
