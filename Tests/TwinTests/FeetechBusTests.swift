import DeviceProtocols
import RobotModel
import Testing
import Twin

@Suite("The twin's Feetech bus")
struct FeetechBusTests {
    private let plants = (1...3).map { ServoPlant(id: $0) }
    private let start = Instant(nanoseconds: 1_000_000_000)

    private func ask(_ bus: FeetechBus, _ packet: FeetechPacket, at time: Instant? = nil) -> [FeetechPacket] {
        let now = time ?? start
        bus.receive(packet.encoded[...], at: now)
        var output: [UInt8] = []
        bus.advance(to: now + .milliseconds(5), output: &output)
        var decoder = FeetechDecoder()
        var found: [FeetechPacket] = []
        decoder.decode(output) { found.append($0) }
        return found
    }

    @Test("a broadcast ping is answered by everyone in turn, one to nobody by nobody")
    func ping() {
        let bus = FeetechBus(servos: plants)
        #expect(ask(bus, .ping(FeetechPacket.broadcastID)).map(\.id) == [1, 2, 3])
        #expect(ask(bus, .ping(2)) == [.status(2, [])])
        #expect(ask(bus, .ping(9)).isEmpty)
    }

    @Test("what the plant measures is read in the registers' units, with signs")
    func measures() throws {
        plants[0].position = -.pi / 2
        plants[0].velocity = -0.5
        plants[0].current = -0.65
        let bus = FeetechBus(servos: plants)
        let answer = try #require(ask(bus, .read(1, address: 56, length: 15)).first)
        let feedback = try #require(FeetechFeedback(answer.parameters))
        #expect(feedback.steps == 1024 && abs(feedback.velocity + 0.5) < 0.001)
        #expect(abs(feedback.current + 0.65) < 0.001 && feedback.volts == 12 && feedback.temperature == 34)
    }

    @Test("goals reach the plant only with torque, and keep the limits")
    func goals() {
        let bus = FeetechBus(servos: plants)
        #expect(ask(bus, .write(1, STS.goalPosition, 3072)) == [.status(1, [])])
        #expect(plants[0].goalPosition == 0)
        #expect(ask(bus, .syncWrite(STS.torqueEnable, [(1, 1), (2, 1)])).isEmpty)
        #expect(plants[0].torqueEnabled && abs(plants[0].goalPosition - .pi / 2) < 1e-9)
        _ = ask(bus, .write(1, STS.goalPosition, -300))
        #expect(abs(plants[0].goalPosition + .pi) < 1e-9)
    }

    @Test("a sync read is answered in its order, up to the servo that is missing")
    func syncRead() {
        let bus = FeetechBus(servos: plants)
        let question = FeetechPacket.syncRead(address: 56, length: 2, ids: [3, 1, 2])
        #expect(ask(bus, question).map(\.id) == [3, 1, 2])
        bus.unplugged = [1]
        #expect(ask(bus, question).map(\.id) == [3])
    }

    @Test("an overload takes the torque, stands in every answer, and goes with a torque off")
    func overload() {
        let bus = FeetechBus(servos: plants)
        _ = ask(bus, .write(1, STS.torqueEnable, 1))
        plants[0].hardwareError = 0x20
        #expect(ask(bus, .ping(1)) == [.status(1, .overload)])
        _ = ask(bus, .ping(1))
        #expect(!plants[0].torqueEnabled)
        _ = ask(bus, .write(1, STS.torqueEnable, 1))
        #expect(!plants[0].torqueEnabled)
        _ = ask(bus, .write(1, STS.torqueEnable, 0))
        _ = ask(bus, .write(1, STS.torqueEnable, 1))
        #expect(plants[0].torqueEnabled && plants[0].hardwareError == 0)
    }

    @Test("a registered write waits for its action, and EEPROM for its lock")
    func regWrite() {
        let bus = FeetechBus(servos: plants)
        _ = ask(bus, FeetechPacket(id: 1, .regWrite, [40, 1]))
        #expect(!plants[0].torqueEnabled)
        #expect(ask(bus, FeetechPacket(id: FeetechPacket.broadcastID, .action)).isEmpty)
        #expect(plants[0].torqueEnabled)
        _ = ask(bus, .write(2, STS.mode, 1))
        #expect(bus.servos[1].memory[STS.mode] == 0)
    }

    @Test("a damaged packet is met with silence")
    func damage() {
        let bus = FeetechBus(servos: plants)
        bus.receive([0xFF, 0xFF, 1, 2, 1, 0xFA][...], at: start)
        var output: [UInt8] = []
        bus.advance(to: start + .milliseconds(5), output: &output)
        #expect(output.isEmpty)
    }
}
