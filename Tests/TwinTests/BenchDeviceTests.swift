import DeviceIO
import DeviceProtocols
import RobotModel
import Testing
import Twin

@Suite("Devices on the bench")
struct BenchDeviceTests {
    /// Puts a card's questions to the bench device of its name over a paced line, and reads with the card's decoder.
    private func interview(_ name: String) throws -> (counters: FrameCounters, card: ProtocolCard) {
        let card = try #require(ProtocolCard.named(name))
        let bench = try #require(BenchDevice.named(name, path: "/bench", seed: 3))
        let ports = MemoryPorts()
        let wire = PacedLine(device: bench.device, line: bench.line, port: ports.deviceEnd("/bench"))
        let host = try ports.open(bench.line)
        var decoder = card.decoder()
        var now = Instant.zero + .seconds(1)
        func listen(for duration: Duration) throws {
            let end = now + duration
            while now < end {
                now += .milliseconds(1)
                wire.advance(to: now)
                var bytes: [UInt8] = []
                _ = try host.read(into: &bytes, limit: 4096)
                decoder.decode(bytes[...]) { _ in }
            }
        }
        for question in card.questions {
            _ = try host.write(question[...])
            try listen(for: card.questionPause)
        }
        try listen(for: card.listenTime)
        return (decoder.counters, card)
    }

    @Test(
        "the questions of a card are enough to recognise its device",
        arguments: ["odrive", "zlac8015d", "relay-box", "box-radio"])
    func recognised(name: String) throws {
        let (counters, card) = try interview(name)
        #expect(card.recognises(counters), "\(counters)")
        #expect(counters.skippedBytes == 0)
    }

    @Test("asking the wheel drives who they are gives their motors no power", arguments: ["odrive", "zlac8015d"])
    func asksOnly(name: String) throws {
        let card = try #require(ProtocolCard.named(name))
        let plant = WheelPlant()
        let device: any TwinDevice =
            name == "odrive"
            ? ODriveDevice(plant: plant, leftInverted: false, rightInverted: false)
            : ZLAC8015DDevice(
                plant: plant, unit: 1, countsPerRevolution: 4096, leftInverted: false, rightInverted: false)
        var now = Instant.zero
        for question in card.questions {
            now += .milliseconds(50)
            device.receive(question[...], at: now)
            var output: [UInt8] = []
            device.advance(to: now, output: &output)
            #expect(!plant.enabled)
        }
    }
}
