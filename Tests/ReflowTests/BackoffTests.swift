import Reflow
import RobotModel
import Testing

@Suite("Backoff")
struct BackoffTests {
    @Test("pauses double up to the limit, each within 20 %, and begin anew after a success")
    func doubles() {
        var backoff = Backoff(random: SeededRandom(seed: 7))
        for expected in [1.0, 2, 4, 8, 16, 30, 30, 30] {
            #expect((expected * 0.8...expected * 1.2).contains(backoff.next().inSeconds))
        }
        backoff.reset()
        #expect((0.8...1.2).contains(backoff.next().inSeconds))
    }

    @Test("two robots do not come back at the same instant")
    func differs() {
        var one = Backoff(random: SeededRandom(seed: 1))
        var other = Backoff(random: SeededRandom(seed: 2))
        #expect(one.next() != other.next())
    }
}
