import Foundation
import MCAP
import RobotModel
import RobotRuntime
import Testing
import Twin

/// A machine's clock that is wrong, and is set while the robot works.
@Suite("Civil time", .serialized)
struct WallClockTests {
    /// One life of a robot at a recipient's door to whom nobody comes: waiting, leaving, driving.
    private struct Life: Equatable {
        var end: String
        var said: [String]
        var ticks: Int
    }

    private static let year = 365.25 * 86_400

    /// - Parameter jumps: By how many years the clock is set, every five seconds.
    private func live(bootedIn wall: WallTime = Rig.noon, jumps: [Double]) async throws -> (life: Life, rig: Rig) {
        let scene = Scene("L3", 7.0, -8.5, facing: 180, home: "suite_301")
        let rig = try Rig(scene, carrying: Rig.mission(wait: 30), wallAtZero: wall)
        for round in 0..<10 {
            await rig.run(5)
            if round < jumps.count { rig.robot.jumpWall(by: jumps[round] * Self.year) }
        }
        rig.robot.finish(at: rig.now)
        return (Life(end: rig.truth.json, said: rig.said.filter { !$0.isAboutTime }, ticks: rig.robot.ticks), rig)
    }

    @Test("that jumps by years, forwards and back, or is not set yet at boot, changes nothing that the robot does")
    func changesNothing() async throws {
        let steady = try await live(jumps: []).life
        #expect(steady.said.contains { $0.contains("your meal is here") })
        #expect(steady.said.contains { $0.contains("nobody") || $0.contains("no-show") || $0.contains("has not") })
        // Six hundred years are more than a 64-bit count of nanoseconds since 1970 holds.
        for jumps in [[10, -10], [0, -60, 60], [600, -600, 600]] as [[Double]] {
            #expect(try await live(jumps: jumps).life == steady, "\(jumps)")
        }
        let unset = try await live(bootedIn: WallTime(secondsSince1970: 4), jumps: [56.9]).life
        #expect(unset == steady)
    }

    @Test("is a label in recordings: their times go on evenly while it jumps")
    func recordings() async throws {
        let rig = try await live(jumps: [10, -40, 600]).rig
        var last: [String: UInt64] = [:]
        var messages = 0
        for path in rig.files.filter({ $0.hasSuffix(".mcap") }).sorted() {
            _ = try MCAPReader([UInt8](try Data(contentsOf: URL(filePath: path)))) { channel, message in
                messages += 1
                if message.logTime < last[channel.topic] ?? 0 { Issue.record("\(channel.topic) goes back in \(path)") }
                last[channel.topic] = message.logTime
            }
        }
        #expect(messages > 10_000)
        let end = UInt64(rig.seconds * 1e9)
        #expect(last.values.allSatisfy { $0 <= end })
        #expect(try #require(last["/pose"]) > end - 1_000_000_000)
    }
}

extension String {
    /// Whether a promise will be kept is the one thing that a robot says by the clock on the wall.
    fileprivate var isAboutTime: Bool { contains("will be late") || contains("on time after all") }
}
