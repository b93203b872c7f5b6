import Realtime
import RobotModel
import Testing

@Suite("Chain latency")
struct ChainLatencyTests {
    private func at(_ microseconds: Int64) -> Instant { Instant(nanoseconds: microseconds * 1000) }

    @Test("the time runs from the bytes' arrival to the first set-point that a tick computed from them")
    func wholeWay() {
        let chain = ChainLatency()
        chain.arrived(at: at(1000))
        // A set-point that leaves before a tick has seen the value was computed without it.
        chain.left(chain.basis, at: at(1200))
        #expect(chain.times.count == 0)
        chain.take()
        chain.handOver()
        chain.left(chain.basis, at: at(1900))
        #expect(chain.times.count == 1 && chain.times.max == .microseconds(900))
    }

    @Test("a value is counted once, however often a set-point that knows it leaves")
    func once() {
        let chain = ChainLatency()
        chain.arrived(at: at(1000))
        for tick: Int64 in 1...5 {
            chain.take()
            chain.handOver()
            chain.left(chain.basis, at: at(1000 + 500 * tick))
        }
        #expect(chain.times.count == 1 && chain.times.max == .microseconds(500))
    }

    @Test("a value that a newer one has overtaken is not counted")
    func overtaken() {
        let chain = ChainLatency()
        for arrival: Int64 in [1000, 2000, 3000] {
            chain.arrived(at: at(arrival))
            chain.take()
            chain.handOver()
        }
        chain.left(chain.basis, at: at(3300))
        #expect(chain.times.count == 1 && chain.times.max == .microseconds(300))
    }

    @Test("a set-point that was replaced while it was read counts as computed from the older value")
    func meeting() {
        let chain = ChainLatency()
        chain.arrived(at: at(1000))
        chain.take()
        chain.handOver()
        let basis = chain.basis
        chain.arrived(at: at(2000))
        chain.take()
        chain.handOver()
        chain.left(basis, at: at(2100))
        #expect(chain.times.max == .microseconds(1100))
        // The newer one leaves with the next frame.
        chain.left(chain.basis, at: at(2600))
        #expect(chain.times.count == 2)
    }

    @Test("a tick that took nothing new hands over what it knew before")
    func nothingNew() {
        let chain = ChainLatency()
        chain.take()
        chain.handOver()
        chain.left(chain.basis, at: at(10))
        #expect(chain.times.count == 0)
    }
}
