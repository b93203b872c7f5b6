import DeviceIO
import Devices
import Realtime
import RobotModel
import Synchronization
import Testing

/// One output, and what is done with it.
private final class WatchedChip: GPIOLineOpening, GPIOLine {
    private let log = Mutex<[String]>([])
    var story: [String] { log.withLock { $0 } }

    func open(_ request: GPIORequest) throws(PortError) -> any GPIOLine {
        log.withLock { $0.append("open \(request.initial ? "on" : "off")") }
        return self
    }

    var pollDescriptor: Int32? { nil }
    func level() throws(PortError) -> Bool { false }
    func nextEdge() throws(PortError) -> GPIOEdge? { nil }
    func set(_ on: Bool) throws(PortError) { log.withLock { $0.append(on ? "on" : "off") } }
    func close() { log.withLock { $0.append("closed") } }
}

@Suite("Digital inputs and outputs")
struct DigitalIOTests {
    /// Four switches and a lock on a chip in memory. Emergency stop and bumper are closed circuits: low means on.
    final class Bench {
        let chip = MemoryGPIO()
        let inputs = LatestValue(Stamped(DigitalInputs(), at: .zero))
        let io: DigitalIO
        var now = Instant.zero + .seconds(50)

        init() {
            func line(_ role: String, _ number: Int, activeLow: Bool = false) -> GPIORequest {
                GPIORequest(role: role, chip: "gpiochip0", line: number, direction: .input, activeLow: activeLow)
            }
            chip.setPhysical(line: 0, true)
            chip.setPhysical(line: 1, true)
            io = DigitalIO(
                slot: "gpio",
                lines: [
                    line("emergency_stop", 0, activeLow: true), line("bumper", 1, activeLow: true), line("lid", 2),
                    line("load", 4),
                    GPIORequest(role: "lock", chip: "gpiochip0", line: 5, direction: .output),
                ], opener: chip, inputs: inputs)
            run(milliseconds: 10)
        }

        func run(milliseconds: Int) {
            for _ in 0..<milliseconds {
                now += .milliseconds(1)
                io.service(at: now)
            }
        }

        var read: DigitalInputs { inputs.load().value }
    }

    @Test("a pressed emergency stop counts at the next service, its release after 5 ms of steadiness")
    func emergencyStop() {
        let bench = Bench()
        #expect(bench.read == [])
        bench.chip.setPhysical(line: 0, false, at: bench.now)
        bench.run(milliseconds: 1)
        #expect(bench.read == [.emergencyStop])
        bench.chip.setPhysical(line: 0, true, at: bench.now)
        bench.run(milliseconds: 4)
        #expect(bench.read == [.emergencyStop])
        bench.run(milliseconds: 5)
        #expect(bench.read == [])
    }

    @Test("a bumper pulse that is over before anybody looks is still seen")
    func shortPulse() {
        let bench = Bench()
        bench.chip.setPhysical(line: 1, false, at: bench.now)
        bench.chip.setPhysical(line: 1, true, at: bench.now)
        bench.run(milliseconds: 1)
        #expect(bench.read == [.bumper])
        bench.run(milliseconds: 10)
        #expect(bench.read == [])
    }

    @Test("a bouncing lid counts once it is steady")
    func bouncing() {
        let bench = Bench()
        for index in 0..<20 {
            bench.chip.setPhysical(line: 2, index % 2 == 0, at: bench.now)
            bench.run(milliseconds: 2)
            #expect(bench.read == [])
        }
        bench.chip.setPhysical(line: 2, true, at: bench.now)
        bench.run(milliseconds: 4)
        #expect(bench.read == [])
        bench.run(milliseconds: 4)
        #expect(bench.read == [.lidOpen])
    }

    @Test("what is on at the start is on at once")
    func initialLevels() {
        let chip = MemoryGPIO()
        chip.setPhysical(line: 4, true)
        let inputs = LatestValue(Stamped(DigitalInputs(), at: .zero))
        let io = DigitalIO(
            slot: "gpio", lines: [GPIORequest(role: "load", chip: "c", line: 4, direction: .input)], opener: chip,
            inputs: inputs)
        io.service(at: Instant(nanoseconds: 7))
        #expect(inputs.load() == Stamped([.loaded], at: Instant(nanoseconds: 7)))
    }

    @Test("every service stamps anew, so that stale means lost")
    func stamps() {
        let bench = Bench()
        bench.run(milliseconds: 5)
        #expect(bench.inputs.load().time == bench.now)
    }

    @Test("one lost line stops the publishing of all, is named, and is taken back")
    func lostLine() throws {
        let bench = Bench()
        let stamp = bench.now
        bench.chip.setLost(line: 1, true)
        bench.run(milliseconds: 500)
        #expect(bench.inputs.load().time == stamp)
        #expect(bench.io.status.phase == .recovering)
        let fault = try #require(bench.io.status.fault)
        #expect(fault.what.contains("bumper"))
        #expect(fault.hint != nil)
        bench.chip.setLost(line: 1, false)
        bench.run(milliseconds: 1100)
        #expect(bench.inputs.load().time == bench.now)
        #expect(bench.io.status.phase == .running)
        #expect(bench.io.status.counters.reconnects >= 1)
    }

    @Test("a line that is lost and comes back pressed reads pressed")
    func comesBackPressed() {
        let bench = Bench()
        bench.chip.setLost(line: 0, true)
        bench.run(milliseconds: 50)
        bench.chip.setPhysical(line: 0, false)
        bench.chip.setLost(line: 0, false)
        bench.run(milliseconds: 1100)
        #expect(bench.read == [.emergencyStop])
    }

    @Test("the lock is driven as asked, and its failure leaves the inputs alone")
    func lock() throws {
        let bench = Bench()
        #expect(bench.chip.outputs == [5: false])
        bench.io.set("lock", true)
        bench.run(milliseconds: 1)
        #expect(bench.chip.outputs == [5: true])
        #expect(bench.io.driven("lock") == true)
        bench.chip.setLost(line: 5, true)
        bench.io.set("lock", false)
        bench.run(milliseconds: 20)
        #expect(bench.io.driven("lock") == nil)
        #expect(bench.io.status.phase == .degraded)
        #expect(bench.inputs.load().time == bench.now)
        bench.chip.setLost(line: 5, false)
        bench.run(milliseconds: 600)
        #expect(bench.chip.outputs == [5: false])
        #expect(bench.io.status.phase == .running)
    }

    @Test("an output is driven to its safe state before it is given back")
    func safeAtTheEnd() {
        let chip = WatchedChip()
        let io = DigitalIO(
            slot: "gpio", lines: [GPIORequest(role: "lock", chip: "c", line: 5, direction: .output)], opener: chip,
            inputs: LatestValue(Stamped(DigitalInputs(), at: .zero)))
        io.service(at: .zero)
        io.set("lock", true)
        io.service(at: .zero)
        io.stop()
        #expect(chip.story == ["open off", "off", "on", "off", "closed"])
    }

    @Test("the first opening after a crash drives the safe state, whatever was wanted before")
    func safeAfterACrash() {
        let bench = Bench()
        bench.io.set("lock", true)
        bench.run(milliseconds: 1)
        #expect(bench.chip.outputs == [5: true])
        let next = DigitalIO(
            slot: "gpio",
            lines: [GPIORequest(role: "lock", chip: "gpiochip0", line: 6, direction: .output, activeLow: true)],
            opener: bench.chip, inputs: bench.inputs)
        next.service(at: bench.now)
        #expect(bench.chip.outputs[6] == true, "off is high")
    }

    @Test("a level that no edge has announced is counted, said, and a bumper that it concerns counts as hit")
    func lostEdge() throws {
        let bench = Bench()
        #expect(bench.io.status.counters.resyncs == 0)
        bench.chip.setUnannounced(line: 1, false)
        bench.run(milliseconds: 3)
        #expect(bench.read.contains(.bumper))
        #expect(bench.io.status.counters.resyncs == 1)
        #expect(bench.io.status.phase == .degraded)
        let fault = try #require(bench.io.status.fault)
        #expect(fault.code == .edgesLost)
        #expect(fault.what.contains("line bumper: at least 1"))
        bench.run(milliseconds: 10_010)
        #expect(bench.io.status.phase == .running)
        #expect(bench.io.status.counters.resyncs == 1)
    }

    @Test("a contact that chatters faster than it is read is counted by what was dropped")
    func droppedEdges() {
        let chip = MemoryGPIO(numbersEdges: true)
        let inputs = LatestValue(Stamped(DigitalInputs(), at: .zero))
        let io = DigitalIO(
            slot: "gpio", lines: [GPIORequest(role: "lid", chip: "c", line: 2, direction: .input)], opener: chip,
            inputs: inputs)
        var now = Instant.zero + .seconds(1)
        io.service(at: now)
        for index in 0..<40 { chip.setPhysical(line: 2, index % 2 == 0, at: now) }
        now += .milliseconds(1)
        io.service(at: now)
        chip.setPhysical(line: 2, true, at: now)
        io.service(at: now)
        // 16 of 40 were kept; the next edge's number tells of the rest.
        #expect(io.status.counters.resyncs == 24)
    }

    @Test("stopping closes every line")
    func stops() throws {
        let bench = Bench()
        bench.io.stop()
        bench.run(milliseconds: 10)
        #expect(bench.chip.outputs == [:])
        _ = try bench.chip.open(GPIORequest(role: "lid", chip: "gpiochip0", line: 2, direction: .input))
    }
}
