import MCAP
import Reflow
import RobotModel
import Testing

@Suite("Recording")
struct RecordingTests {
    private func log(_ bytes: Int, at time: Instant) -> Record {
        Record(.log, at: time, payload: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 197 &+ $0 >> 3) })
    }

    private func appended(_ actions: [Recording.Action]) -> Int {
        actions.reduce(0) { sum, action in if case .append(let bytes) = action { sum + bytes.count } else { sum } }
    }

    @Test("nothing is opened before there is something to record")
    func idle() {
        var recording = Recording(origin: origin)
        #expect(recording.step([], at: .ms(0), wallOffset: 0).isEmpty)
        #expect(recording.finish().isEmpty)
    }

    @Test("a record reaches the file within 250 ms of steps that come every 100 ms")
    func chunkByTime() {
        var recording = Recording(origin: origin)
        _ = recording.step([log(10, at: .ms(0))], at: .ms(0), wallOffset: 0)
        var waiting: Int?
        for now in stride(from: 100, to: 5000, by: 100) {
            let actions = recording.step([log(10, at: .ms(now))], at: .ms(now), wallOffset: 0)
            if appended(actions) > 0 { waiting = nil } else { waiting = waiting ?? now }
            #expect(now - (waiting ?? now) <= 250)
        }
    }

    @Test("a chunk is cut at 64 KiB, however much comes in one step")
    func chunkBySize() throws {
        var recording = Recording(origin: origin)
        let records = (0..<100).map { log(10_000, at: .ms($0)) }
        let actions = recording.step(records, at: .ms(100), wallOffset: 0) + recording.finish()
        let bytes = actions.flatMap { action in if case .append(let bytes) = action { bytes } else { [UInt8]() } }
        let reader = try MCAPReader(bytes)
        #expect(reader.isComplete)
        #expect(reader.chunkCount > 100 * 10_000 / (64 * 1024 + 10_031))
    }

    @Test("a segment is sealed when its time is over, also when nothing comes any more, and the next has the next name")
    func segmentByTime() {
        var recording = Recording(origin: origin, segmentDuration: .seconds(2))
        let first = recording.step([log(10, at: .ms(0))], at: .ms(0), wallOffset: 0)
        #expect(first.first == .open(name: "dory-b1-000000.mcap"))
        #expect(!recording.step([], at: .ms(1900), wallOffset: 0).contains(.seal(messages: 1)))
        #expect(recording.step([], at: .ms(2000), wallOffset: 0).last == .seal(messages: 1))
        let next = recording.step([log(10, at: .ms(2100))], at: .ms(2100), wallOffset: 0)
        #expect(next.first == .open(name: "dory-b1-000001.mcap"))
    }

    @Test("a segment is sealed when it is large enough")
    func segmentBySize() {
        var recording = Recording(origin: origin, segmentBytes: 10_000)
        var seals = 0
        for now in stride(from: 0, to: 3000, by: 100) {
            let actions = recording.step([log(4000, at: .ms(now))], at: .ms(now), wallOffset: 0)
            if case .seal = actions.last { seals += 1 }
        }
        #expect(seals > 0)
    }

    @Test("every segment stands alone: all topics and their schemas, the robot, the boot and the wall clock are in it")
    func standsAlone() throws {
        var recording = Recording(origin: origin, sequence: 41)
        let actions = recording.step([log(10, at: .ms(5))], at: .ms(5), wallOffset: 1_800_000) + recording.finish()
        let bytes = actions.flatMap { action in if case .append(let bytes) = action { bytes } else { [UInt8]() } }
        let reader = try MCAPReader(bytes)
        #expect(Set(reader.channels.values.map(\.topic)) == Set(Topic.allCases.map(\.rawValue)))
        #expect(reader.channels.values.allSatisfy { !$0.schemaData.isEmpty })
        #expect(
            reader.metadata["doorstep"] == [
                "robot": "dory", "boot": "b1", "version": "1.2", "sequence": "41",
                "wall_minus_monotonic_ns": "1800000",
            ])
    }

    @Test("the same records give the same bytes")
    func deterministic() {
        func run() -> [Recording.Action] {
            var recording = Recording(origin: origin)
            return (0..<30).flatMap { recording.step([log(50, at: .ms($0 * 100))], at: .ms($0 * 100), wallOffset: 7) }
                + recording.finish()
        }
        #expect(run() == run())
    }

    @Test("a robot's name with slashes and blanks makes a file name that stays in its folder")
    func names() throws {
        let wild = Recording.Origin(robot: "../Dory 2", boot: "ü", version: "1")
        var recording = Recording(origin: wild)
        let actions = recording.step([log(1, at: .ms(0))], at: .ms(0), wallOffset: 0)
        #expect(actions.first == .open(name: "-..-Dory-2---000000.mcap"))
    }
}
