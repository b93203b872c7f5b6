extension ProtocolCard {
    /// ZLTECH ZLAC8015D as unit 1, which it is delivered as.
    public static let zlac8015d = zlac8015d(unit: 1)

    /// ZLTECH ZLAC8015D. It is asked for its mode and its feedback; nothing is written.
    public static func zlac8015d(unit: UInt8) -> ProtocolCard {
        modbus(
            name: "zlac8015d", title: "ZLTECH ZLAC8015D (Modbus RTU)", kind: .wheels, unit: unit,
            rates: [115_200, 19_200, 38_400, 57_600, 9600],
            questions: [
                .readHolding(address: ZLAC8015DRegister.mode.rawValue, count: 1), ZLAC8015DFeedback.request,
            ], enoughFrames: 2)
    }

    /// A Modbus unit that is known by the questions that it answers.
    static func modbus(
        name: String, title: String, kind: Kind, unit: UInt8, rates: [Int], questions: [ModbusRequest],
        enoughFrames: Int
    ) -> ProtocolCard {
        ProtocolCard(
            name: name, title: title, kind: kind, transport: .serial(rates: rates),
            questions: questions.map { $0.frame(unit: unit) }, questionPause: .milliseconds(100),
            enoughFrames: enoughFrames, decoder: { ModbusStreamDecoder(answersTo: questions) })
    }
}
