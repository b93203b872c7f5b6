import BoardFile
import Control
import DeviceProtocols
import RobotModel
import Testing

/// From the bytes of an encoder to the set-point that was computed from them, through driver, tick and driver.
@Suite("The way from encoder to set-point")
struct RobotChainLatencyTests {
    /// The ways of the robot after ten seconds of driving.
    private func chains(_ adjust: (inout Board) -> Void = { _ in }) async throws -> [String: ChainSection] {
        let rig = try Rig(adjustBoard: adjust)
        try await rig.startLunch()
        let before = rig.status.tick.chains.map(\.count)
        await rig.run(10)
        #expect(rig.truth.distance > 2)
        let after = rig.status.tick.chains
        return Dictionary(
            zip(after, before).map { chain, earlier in
                var chain = chain
                chain.count -= earlier
                return (chain.name, chain)
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test("the wheels' set-point leaves when the line has rested after the feedback that it knows")
    func wheels() async throws {
        let rig = try Rig()
        let chain = try #require(try await chains()["wheels"])
        // One tick has gone by in the silence that Modbus wants between two frames; the hand-driven clock steps in
        // milliseconds. The histogram may say 1/32 more.
        let gap = ModbusTiming.frameGap(baudRate: rig.board.wheels.port.baudRate).inSeconds * 1e6
        #expect(chain.p50 >= gap && chain.p50 <= (gap + 1000) * 33 / 32, "\(chain.p50)")
        // Every cycle of ten seconds but for those in which the drive is asked for its voltage meanwhile.
        #expect(chain.count > rig.board.wheels.rate * 9 && chain.count <= rig.board.wheels.rate * 10 + 1)
    }

    @Test(
        "the joints' goals leave with the feedback after the one that they know: a cycle later", arguments: [50, 100])
    func joints(rate: Int) async throws {
        let chain = try #require(try await chains { $0.joints.rate = rate }["joints"])
        let period = 1e6 / Double(rate)
        #expect(chain.p50 >= period - 1000 && chain.p50 <= (period + 1000) * 33 / 32, "\(chain.p50)")
        #expect(chain.count > rate * 8 && chain.count <= rate * 10 + 1)
    }

    @Test("a tick that looks at the wheels more seldom makes the way longer")
    func seldom() async throws {
        let chain = try #require(
            try await chains { board in
                for index in board.control.tasks.indices where board.control.tasks[index].task == .wheels {
                    board.control.tasks[index].every = 10
                }
            }["wheels"])
        // Feedback every 20 ms: the tick that takes it comes after the set-point of the same cycle has left, so the next
        // one is the first to know.
        #expect(chain.p99 > 15_000, "\(chain.p99)")
    }
}
