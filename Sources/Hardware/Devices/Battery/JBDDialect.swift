import DeviceProtocols
import RobotModel

/// JBD batteries, as the driver asks and reads them. They do not say whether a charger is there.
struct JBDDialect: BatteryDialect {
    let title = "JBD battery"
    let card = ProtocolCard.jbd
    /// The name comes second: the first question may only wake the board up.
    let opening = [JBDRegister.basic.rawValue, JBDRegister.name.rawValue]
    let round = [JBDRegister.basic.rawValue]
    let measuring = JBDRegister.basic.rawValue
    private(set) var measuringSize = 0
    private(set) var reading = BatteryReading()

    private var decoder = JBDAnswerDecoder()
    private var echoes = JBDRequestDecoder()
    private var name = ""
    private var makeUp = ""

    var counters: FrameCounters { decoder.counters }

    func bytes(of question: UInt8) -> [UInt8] { JBDRequest.read(JBDRegister(rawValue: question)).encoded }

    func name(of question: UInt8) -> String {
        JBDRegister(rawValue: question) == .name ? "register 0x05 (name)" : "register 0x03 (basic information)"
    }

    mutating func reset() {
        decoder.reset()
        echoes = JBDRequestDecoder()
    }

    mutating func decode(_ bytes: ArraySlice<UInt8>, _ body: (BatteryUtterance) -> Void) {
        echoes.decode(bytes) { _ in body(.echo) }
        var decoder = decoder
        decoder.decode(bytes) { answer, remaining in
            if answer.status != 0 {
                body(.refusal(answer.register.rawValue))
            } else if take(answer) {
                body(.answer(answer.register.rawValue, remaining: remaining))
            }
        }
        self.decoder = decoder
    }

    /// False where the data makes no sense.
    private mutating func take(_ answer: JBDAnswer) -> Bool {
        switch answer.register {
        case .basic:
            guard let basics = JBDBasics(data: answer.data) else { return false }
            measuringSize = answer.encoded.count
            reading.voltage = Double(basics.centivolts) / 100
            reading.current = Double(basics.centiamperes) / 100
            reading.stateOfCharge = Double(basics.percent) / 100
            reading.temperature = basics.warmest
            reading.faults = UInt32(basics.protections.bits)
            reading.protections = basics.protections.names
            reading.cells = basics.cells
            makeUp =
                "version \(basics.version >> 4).\(basics.version & 0xF), \(basics.cells) cells, "
                + "\(basics.temperatures.count) sensors, \(basics.cycles) cycles"
        case .name: name = String(decoding: answer.data.filter { (0x20..<0x7F).contains($0) }, as: UTF8.self)
        default: return false
        }
        reading.identity = "JBD \(name), \(makeUp)"
        return true
    }
}
