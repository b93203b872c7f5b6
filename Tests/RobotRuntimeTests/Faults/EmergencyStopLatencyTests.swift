import BoardFile
import BuildingImport
import Control
import Foundation
import Logging
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The emergency stop's way through the whole daemon, from edges at every fraction of a tick and every phase of what the
/// wheels' line is busy with. `scripts/bench estop` measures the same over thousands of phases.
@Suite("The emergency stop's way")
struct EmergencyStopLatencyTests {
    @Test(
        "takes two ticks at most to the wheels' port, and from there no longer than frame in flight and stop frame",
        arguments: [
            (115_200, false, Duration.milliseconds(1)), (115_200, true, .milliseconds(1)),
            (115_200, true, .microseconds(2600)), (38_400, false, .microseconds(400)), (38_400, true, .milliseconds(2)),
        ])
    func everyPhase(rate: Int, isHalfDuplex: Bool, turnaround: Duration) async throws {
        var random = SeededRandom(seed: UInt64(rate) + (isHalfDuplex ? 1 : 0))
        let rig = try WheelsOnly(rate: rate, isHalfDuplex: isHalfDuplex, turnaround: turnaround)
        let probe = rig.probe
        let bound = StopProbe.bound(line: probe.line, isHalfDuplex: isHalfDuplex, service: SteppedRobot.step)
        await rig.run(milliseconds: 1500)
        for phase in 0..<60 {
            try #require(probe.plant.enabled, "before phase \(phase)")
            await rig.run(milliseconds: Int.random(in: phase % 8 == 0 ? 0...1000 : 0...40, using: &random))
            probe.press(at: rig.now + .nanoseconds(Int64.random(in: 1...1_000_000, using: &random)))
            await rig.run(milliseconds: 60)
            let figures = try #require(probe.figures)
            let handedOver = try #require(figures.handedOver)
            #expect(handedOver - figures.edge <= SteppedRobot.step * 2, "phase \(phase)")
            let last = try #require(figures.lastByte, "phase \(phase)")
            #expect(last - handedOver <= bound, "phase \(phase)")
            probe.release()
            await rig.run(milliseconds: 550)
            #expect(!probe.plant.enabled, "released, it waits for a person")
            _ = await rig.robot.answer(.clear)
            await rig.run(milliseconds: 120)
        }
    }
}

/// The daemon on a board of which only the wheels are there.
private final class WheelsOnly {
    let probe: StopProbe
    let robot: SteppedRobot
    private(set) var now = Instant.zero
    private let folder: String

    init(rate: Int, isHalfDuplex: Bool, turnaround: Duration) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().path
        folder = NSTemporaryDirectory() + "doorstep-stop-\(UUID().uuidString.prefix(8))"
        var board = try Board.read(path: root + "/BoardConfigs/twin.yaml")
        board.missions.directory = folder + "/missions"
        board.reflow.directory = folder + "/reflow"
        board.wheels.port.baudRate = rate
        probe = StopProbe(board: board, turnaround: turnaround, isHalfDuplex: isHalfDuplex, seed: 3)
        robot = try SteppedRobot(
            board: board, building: try loadSite(folder: board.sitePath), ports: probe, gpio: probe.gpio,
            log: Logger(label: "stop") { _ in SwiftLogNoOpLogHandler() })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func run(milliseconds: Int) async {
        let probe = probe
        now = await robot.run(from: now, to: now + .milliseconds(milliseconds)) { probe.advance(to: $0) }
    }
}
