import DeviceProtocols
import RobotModel
import Testing
import Twin

@Suite("The twin's AMT21 bus")
struct AMT21BusTests {
    private let start = Instant(nanoseconds: 1_000_000_000)

    private func ask(_ bus: AMT21Bus, _ request: AMT21Request, at time: Instant? = nil) -> AMT21Word? {
        let now = time ?? start
        bus.receive(request.encoded[...], at: now)
        var output: [UInt8] = []
        bus.advance(to: now + .milliseconds(1), output: &output)
        return output.count == 2 ? AMT21Word(low: output[0], high: output[1]) : nil
    }

    @Test("an encoder says where its shaft is, as a sound word, and nobody else speaks")
    func position() {
        let plant = ServoPlant(id: 1)
        plant.position = -.pi / 2
        let bus = AMT21Bus(encoders: [.init(address: 0x54, plant: plant), .init(address: 0x58, plant: plant, bits: 12)])
        #expect(ask(bus, .position(0x54)) == AMT21Word(value: 12_288))
        plant.position += AMT21Word.radiansPerStep
        #expect(ask(bus, .position(0x58)) == AMT21Word(value: 12_288))
        #expect(ask(bus, .position(0x5C)) == nil && ask(bus, .turns(0x54)) == nil)
    }

    @Test("turns count down below zero")
    func turns() {
        let plant = ServoPlant(id: 1)
        let bus = AMT21Bus(encoders: [.init(address: 0x54, plant: plant, countsTurns: true)])
        plant.position = -0.1
        #expect(ask(bus, .turns(0x54))?.turns == -1)
        plant.position = 4 * .pi + 0.1
        #expect(ask(bus, .turns(0x54))?.turns == 2)
    }

    @Test("a new zero is kept, and the encoder is silent while it starts")
    func zero() {
        let plant = ServoPlant(id: 1)
        plant.position = 1.5
        let bus = AMT21Bus(encoders: [.init(address: 0x54, plant: plant)])
        #expect(ask(bus, .setZero(0x54)) == nil)
        #expect(ask(bus, .position(0x54), at: start + .milliseconds(100)) == nil)
        #expect(ask(bus, .position(0x54), at: start + .milliseconds(300))?.value == 0)
    }
}
