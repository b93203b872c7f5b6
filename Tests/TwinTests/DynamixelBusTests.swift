import DeviceProtocols
import RobotModel
import Testing
import Twin

@Suite("The twin's servo bus")
struct DynamixelBusTests {
    private let plants = (1...3).map { ServoPlant(id: $0) }
    private let start = Instant(nanoseconds: 1_000_000_000)

    /// Sends a packet, waits, and gives the bytes that came.
    private func ask(
        _ bus: DynamixelBus, _ packet: DynamixelPacket, at time: Instant? = nil, wait: Duration = .milliseconds(5)
    ) -> [UInt8] {
        let now = time ?? start
        bus.receive(packet.encoded[...], at: now)
        var output: [UInt8] = []
        bus.advance(to: now + wait, output: &output)
        return output
    }

    private func packets(_ bytes: [UInt8]) -> [DynamixelPacket] {
        var decoder = DynamixelDecoder()
        var found: [DynamixelPacket] = []
        decoder.decode(bytes) { found.append($0) }
        return found
    }

    private func codes(_ bytes: [UInt8]) -> [DynamixelStatusError.Code] {
        packets(bytes).compactMap { $0.statusError?.code }
    }

    @Test("an answer comes after the return delay and not before")
    func returnDelay() {
        let bus = DynamixelBus(servos: plants)
        bus.receive(DynamixelPacket.ping(1).encoded[...], at: start)
        var output: [UInt8] = []
        bus.advance(to: start + .microseconds(499), output: &output)
        #expect(output.isEmpty)
        bus.advance(to: start + .microseconds(500), output: &output)
        #expect(packets(output) == [.status(1, .init(rawValue: 0), [0xFC, 0x03, 46])])
        #expect(codes(ask(bus, .write(1, XM430.returnDelayTime, 0))) == [.none])
        bus.receive(DynamixelPacket.ping(1).encoded[...], at: start)
        output = []
        bus.advance(to: start, output: &output)
        #expect(!output.isEmpty)
    }

    @Test("a broadcast ping is answered by everyone, in the order of ids")
    func broadcastPing() {
        let found = packets(ask(DynamixelBus(servos: plants.reversed()), .ping(DynamixelPacket.broadcastID)))
        #expect(found.map(\.id) == [1, 2, 3])
    }

    @Test("what the plant measures is read in the register's units")
    func measures() {
        plants[0].position = -.pi / 2
        plants[0].velocity = 0.5
        plants[0].current = -0.8
        let answer = packets(ask(DynamixelBus(servos: plants), .read(1, address: 126, length: 10)))
        let data = answer[0].statusData
        #expect(XM430.presentCurrent.value(in: data, at: 0) == -297)
        #expect(XM430.presentVelocity.value(in: data, at: 2) == 21)
        #expect(XM430.presentPosition.value(in: data, at: 6) == 1024)
    }

    @Test("goals reach the plant only with torque, and keep the limits")
    func goals() {
        let bus = DynamixelBus(servos: plants)
        #expect(codes(ask(bus, .write(1, XM430.goalPosition, 3072))) == [.none])
        #expect(plants[0].goalPosition == 0)
        #expect(codes(ask(bus, .write(1, XM430.torqueEnable, 1))) == [.none])
        #expect(plants[0].torqueEnabled && abs(plants[0].goalPosition - .pi / 2) < 1e-9)
        #expect(codes(ask(bus, .write(1, XM430.goalPosition, 4096))) == [.dataLimit])
        #expect(codes(ask(bus, .write(1, XM430.returnDelayTime, 0))) == [.access])
    }

    @Test("sync write moves all and is answered by nobody")
    func syncWrite() {
        let bus = DynamixelBus(servos: plants)
        #expect(ask(bus, .syncWrite(XM430.torqueEnable, [(1, 1), (2, 1), (3, 1)])).isEmpty)
        #expect(ask(bus, .syncWrite(XM430.goalPosition, [(1, 1024), (3, 3072)])).isEmpty)
        #expect(plants.map { ($0.goalPosition * 10).rounded() } == [-16, 0, 16])
    }

    @Test("a fast sync read is one packet; a servo that is missing silences those behind it")
    func fastSyncRead() throws {
        let bus = DynamixelBus(servos: plants)
        plants[2].position = 1
        let question = DynamixelPacket.fastSyncRead(address: 132, length: 4, ids: [1, 2, 3])
        let whole = try #require(packets(ask(bus, question)).first)
        let answer = try #require(DynamixelFastAnswer(whole, dataLength: 4))
        #expect(answer.parts.map(\.id) == [1, 2, 3])
        #expect(XM430.presentPosition.value(in: answer.parts[2].data) == 2700)
        bus.unplugged = [2]
        let bytes = ask(bus, question)
        #expect(packets(bytes).isEmpty)
        #expect(DynamixelFastAnswer(truncated: bytes, dataLength: 4).parts.map(\.id) == [1])
    }

    @Test("sync and bulk reads answer one by one")
    func manyReads() {
        let bus = DynamixelBus(servos: plants)
        let sync = packets(ask(bus, .syncRead(address: 132, length: 4, ids: [3, 1])))
        #expect(sync.map(\.id) == [3, 1] && sync.allSatisfy { $0.statusData.count == 4 })
        let bulk = DynamixelPacket(
            id: DynamixelPacket.broadcastID, .bulkRead, [2, 144, 0, 2, 0, 3, 146, 0, 1, 0])
        let answers = packets(ask(bus, bulk))
        #expect(answers.map(\.statusData) == [[120, 0], [34]])
    }

    @Test("a registered write waits for its action")
    func regWrite() {
        let bus = DynamixelBus(servos: plants)
        #expect(codes(ask(bus, DynamixelPacket(id: 1, .action))) == [.instruction])
        #expect(codes(ask(bus, DynamixelPacket(id: 1, .regWrite, [64, 0, 1]))) == [.none])
        #expect(!plants[0].torqueEnabled)
        #expect(ask(bus, DynamixelPacket(id: DynamixelPacket.broadcastID, .action)).isEmpty)
        #expect(plants[0].torqueEnabled)
    }

    @Test("a damaged packet is met with silence, an unknown instruction with an error")
    func damage() {
        let bus = DynamixelBus(servos: plants)
        var bytes = DynamixelPacket.ping(1).encoded
        bytes[8] ^= 1
        bus.receive(bytes[...], at: start)
        var output: [UInt8] = []
        bus.advance(to: start + .milliseconds(5), output: &output)
        #expect(output.isEmpty)
        #expect(codes(ask(bus, DynamixelPacket(id: 1, .init(rawValue: 0x77)))) == [.instruction])
    }

    @Test("the status return level decides who answers what")
    func statusReturnLevel() {
        let bus = DynamixelBus(servos: plants)
        #expect(codes(ask(bus, .write(1, XM430.statusReturnLevel, 1))) == [.none])
        #expect(ask(bus, .write(1, XM430.led, 1)).isEmpty)
        #expect(codes(ask(bus, .read(1, XM430.led))) == [.none])
        #expect(ask(bus, .write(1, XM430.statusReturnLevel, 0)).isEmpty)
        #expect(ask(bus, .read(1, XM430.led)).isEmpty)
        #expect(codes(ask(bus, .ping(1))) == [.none])
    }

    @Test("an alert stands in every status packet, takes the torque, and goes with a restart")
    func alert() throws {
        let bus = DynamixelBus(servos: plants)
        _ = ask(bus, .write(2, XM430.torqueEnable, 1))
        plants[1].hardwareError = 0x20
        let ping = try #require(packets(ask(bus, .ping(2))).first)
        #expect(ping.statusError?.alert == true)
        #expect(!plants[1].torqueEnabled)
        #expect(packets(ask(bus, .read(2, XM430.hardwareErrorStatus))).first?.statusData == [0x20])
        #expect(codes(ask(bus, .write(2, XM430.torqueEnable, 1))) == [.resultFail])
        #expect(codes(ask(bus, .reboot(2))) == [.none])
        #expect(ask(bus, .ping(2), at: start + .milliseconds(100)).isEmpty)  // it starts
        let later = start + .seconds(1)
        #expect(packets(ask(bus, .ping(2), at: later)).first?.statusError?.alert == false)
        #expect(codes(ask(bus, .write(2, XM430.torqueEnable, 1), at: later)) == [.none])
    }

    @Test("a silent bus trips the watchdog: the servo stops, refuses goals, and takes them again after a 0")
    func watchdog() {
        let bus = DynamixelBus(servos: plants)
        _ = ask(bus, .write(1, XM430.busWatchdog, 5))
        _ = ask(bus, .write(1, XM430.torqueEnable, 1))
        _ = ask(bus, .write(1, XM430.goalPosition, 3072))
        plants[0].position = 0.4
        var output: [UInt8] = []
        // Packets for anyone keep it content.
        _ = ask(bus, .ping(3), at: start + .milliseconds(90))
        bus.advance(to: start + .milliseconds(150), output: &output)
        #expect(plants[0].goalPosition > 1)
        bus.advance(to: start + .milliseconds(200), output: &output)
        #expect(plants[0].goalPosition == 0.4 && plants[0].torqueEnabled)
        let now = start + .milliseconds(210)
        #expect(packets(ask(bus, .read(1, XM430.busWatchdog), at: now)).first?.statusData == [0xFF])
        #expect(codes(ask(bus, .write(1, XM430.goalPosition, 3072), at: now)) == [.dataRange])
        #expect(codes(ask(bus, .write(1, XM430.busWatchdog, 0), at: now)) == [.none])
        #expect(abs(plants[0].goalPosition - 0.4) < 0.001)
        #expect(codes(ask(bus, .write(1, XM430.goalPosition, 3072), at: now)) == [.none])
        #expect(plants[0].goalPosition > 1)
    }

    @Test("data that looks like a header is stuffed on its way out")
    func stuffing() {
        let bus = DynamixelBus(servos: plants)
        #expect(codes(ask(bus, DynamixelPacket(id: 1, .write, [224, 0, 0xFF, 0xFF, 0xFD, 0x00]))) == [.none])
        let bytes = ask(bus, .read(1, address: 224, length: 4))
        #expect(bytes.count == 11 + 4 + 1)
        #expect(packets(bytes).first?.statusData == [0xFF, 0xFF, 0xFD, 0x00])
    }
}
