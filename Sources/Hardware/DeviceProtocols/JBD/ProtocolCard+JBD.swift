extension ProtocolCard {
    /// JBD battery. The first question may go unheard: the board sleeps, and wakes by it.
    public static let jbd = ProtocolCard(
        name: "jbd", title: "JBD (Xiaoxiang, Overkill Solar) battery over UART or RS-485", kind: .battery,
        transport: .serial(rates: [9600]),
        questions: [
            JBDRequest.read(.basic).encoded, JBDRequest.read(.name).encoded, JBDRequest.read(.basic).encoded,
        ],
        questionPause: .milliseconds(150), listenTime: .milliseconds(400), enoughFrames: 1,
        decoder: { JBDStreamDecoder() })
}
