import BoardFile
import Control
import RobotModel
import Testing
import Twin

/// From the bytes of an encoder to the set-point that was computed from them: through driver, tick and driver, on the
/// hand-driven clock, whose steps are a millisecond.
@Suite("The way from encoder to set-point")
struct RobotChainLatencyTests {
    /// The robot's ways after ten seconds of driving; counts are of these ten seconds.
    private func chains(_ adjust: (inout Board) -> Void = { _ in }) async throws -> [String: ChainSection] {
        let rig = try Rig(adjustBoard: adjust)
        try await rig.startLunch()
        let before = rig.status.tick.chains.map(\.count)
        await rig.run(10)
        #expect(rig.truth.distance > 2)
        var chains: [String: ChainSection] = [:]
        for (chain, earlier) in zip(rig.status.tick.chains, before) {
            chains[chain.name] = chain
            chains[chain.name]?.count -= earlier
        }
        return chains
    }

    @Test("the wheels' set-point leaves when the line has rested after the feedback that it knows")
    func wheels() async throws {
        let chain = try #require(try await chains()["wheels"])
        // 1.75 ms of silence between two frames (Modbus over serial line V1.02, 2.5.1.1), in steps of a millisecond: the
        // tick has run twice. The histogram may say 1/32 more.
        #expect(chain.p50 >= 1750 && chain.p50 <= 2750 * 33 / 32, "\(chain.p50)")
        // 50 cycles a second, but for those in which the drive is asked for something else just then.
        #expect((450...505).contains(chain.count), "\(chain.count)")
    }

    @Test(
        "the joints' goals leave with the feedback after the one that they know: a cycle later", arguments: [50, 100])
    func joints(rate: Int) async throws {
        let chain = try #require(try await chains { $0.joints.rate = rate }["joints"])
        let period = 1e6 / Double(rate)
        #expect(chain.p50 >= period - 1000 && chain.p50 <= (period + 1000) * 33 / 32, "\(chain.p50)")
        #expect((rate * 8...rate * 10 + 5).contains(chain.count), "\(chain.count)")
    }

    @Test("an ODrive's and a Feetech bus's ways are measured as well: no set-point is older than two cycles")
    func otherCards() async throws {
        let chains = try await chains { board in
            board.wheels.driver = .odrive
            board.joints.driver = .feetech
        }
        for (name, rate) in [("wheels", 50.0), ("joints", 50.0)] {
            let chain = try #require(chains[name])
            #expect(chain.count > 400, "\(name): \(chain.count)")
            #expect(chain.p99 < 2e6 / rate * 33 / 32, "\(name): \(chain.p99)")
        }
    }

    @Test("a tick that looks at the wheels more seldom makes the way longer by a cycle")
    func seldom() async throws {
        let chain = try #require(
            try await chains { board in
                board.wheels.rate = 40
                for index in board.control.tasks.indices where board.control.tasks[index].task == .wheels {
                    board.control.tasks[index].every = 10
                }
            }["wheels"])
        // Feedback every 25 ms: of two in a row one at least comes where no look falls into the line's rest.
        #expect(chain.p99 > 20_000, "\(chain.p99)")
    }
}
