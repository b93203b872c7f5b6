import DeviceIO
import DeviceProtocols
import RobotModel
import Testing
import Twin

@Suite("The joint cards recognise their devices")
struct BenchJointCardsTests {
    @Test(
        "a device that was asked its card's questions is recognised by it",
        arguments: ["dynamixel", "feetech", "amt21"])
    func recognised(name: String) throws {
        for seed in UInt64(1)...5 {
            let card = try #require(ProtocolCard.named(name))
            let bench = try #require(BenchDevice.named(name, path: "/dev/null", seed: seed))
            #expect(card.rates.contains(bench.line.baudRate))
            var decoder = card.decoder()
            var now = Instant(nanoseconds: 1_000_000_000)
            for question in card.questions {
                bench.device.receive(question[...], at: now)
                now += card.questionPause
                var output: [UInt8] = []
                bench.device.advance(to: now, output: &output)
                decoder.decode(output[...]) { _ in }
            }
            #expect(card.recognises(decoder.counters), "\(name), seed \(seed): \(decoder.counters)")
        }
    }

    @Test("no joint card takes another one's device for its own", arguments: ["dynamixel", "feetech", "amt21"])
    func strangers(name: String) throws {
        let card = try #require(ProtocolCard.named(name))
        for other in ["dynamixel", "feetech", "amt21"] where other != name {
            let bench = try #require(BenchDevice.named(other, path: "/dev/null", seed: 3))
            let questions = try #require(ProtocolCard.named(other)).questions
            var decoder = card.decoder()
            var now = Instant(nanoseconds: 1_000_000_000)
            for question in questions {
                bench.device.receive(question[...], at: now)
                now += .milliseconds(100)
                var output: [UInt8] = []
                bench.device.advance(to: now, output: &output)
                decoder.decode(output[...]) { _ in }
            }
            #expect(!card.recognises(decoder.counters), "\(other) looks like \(name)")
        }
    }
}
