import Devices
import RobotModel
import Testing

@Suite("Debounced input")
struct DebouncedInputTests {
    private func at(_ milliseconds: Int) -> Instant { Instant.zero + .milliseconds(milliseconds) }

    @Test("a bounce between two looks makes the contact wait anew, though both looks found it on")
    func bounceBetweenLooks() {
        var input = DebouncedInput(assertsAtOnce: false, time: .milliseconds(5))
        #expect(input.take(level: false, at: at(0)) == false)
        #expect(input.take(level: true, at: at(1)) == false)
        input.take(edge: false, at: at(4))
        input.take(edge: true, at: at(4))
        #expect(input.take(level: true, at: at(4)) == false)
        #expect(input.take(level: true, at: at(8)) == false)
        #expect(input.take(level: true, at: at(9)) == true)
    }

    @Test("a safety contact is on with the first edge and off only after its steadiness")
    func safetyContact() {
        var input = DebouncedInput(assertsAtOnce: true, time: .milliseconds(5))
        #expect(input.take(level: false, at: at(0)) == false)
        input.take(edge: true, at: at(1))
        input.take(edge: false, at: at(1))
        #expect(input.take(level: false, at: at(1)) == true)
        #expect(input.take(level: false, at: at(5)) == true)
        #expect(input.take(level: false, at: at(6)) == false)
        #expect(input.take(level: true, at: at(7)) == true)
    }
}
