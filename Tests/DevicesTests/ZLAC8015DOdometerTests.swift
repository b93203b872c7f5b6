import Devices
import RobotModel
import Testing

@Suite("Wheel odometer")
struct ZLAC8015DOdometerTests {
    private let radian = 4096 / (2 * Double.pi)

    private func odometer() -> ZLAC8015DOdometer {
        ZLAC8015DOdometer(countsPerRevolution: 4096, coastTime: .milliseconds(700))
    }

    private func at(_ milliseconds: Int) -> Instant { Instant.zero + .milliseconds(milliseconds) }

    @Test("counts go on over the end of 32 bits")
    func wraps() {
        var odometer = odometer()
        _ = odometer.take(left: .max - 10, right: .min + 10, at: at(0))
        let left = odometer.left
        let right = odometer.right
        #expect(odometer.take(left: .min + 9, right: .max - 9, at: at(20)) == false)
        #expect(abs(odometer.left - left - 20 / radian) < 1e-6)
        #expect(abs(odometer.right - right + 20 / radian) < 1e-6)
    }

    @Test("a known restart is a new beginning, however near to zero the counts were")
    func knownRestart() {
        var odometer = odometer()
        _ = odometer.take(left: 300, right: 300, at: at(0))
        odometer.noteSpeed(5)
        odometer.restart()
        #expect(odometer.take(left: 4, right: 4, at: at(500)) == false)
        #expect(abs(odometer.left - 300 / radian) < 1e-9)
        _ = odometer.take(left: 14, right: 14, at: at(520))
        #expect(abs(odometer.left - 310 / radian) < 1e-9)
    }

    @Test("an unknown restart shows by counts that no wheel can have travelled")
    func unknownRestart() {
        var odometer = odometer()
        _ = odometer.take(left: 90_000, right: 90_000, at: at(0))
        #expect(odometer.take(left: 0, right: 0, at: at(20)) == true)
        #expect(abs(odometer.left - 90_000 / radian) < 1e-9)
    }

    @Test("over an outage the wheels may have rolled as far as their speed and the drive's watchdog let them")
    func outage() {
        var odometer = odometer()
        _ = odometer.take(left: 90_000, right: 90_000, at: at(0))
        odometer.noteSpeed(5)
        let rolled = Int32(3 * radian)
        #expect(odometer.take(left: 90_000 + rolled, right: 90_000 + rolled, at: at(2000)) == false)
        #expect(abs(odometer.left - (90_000 / radian + 3)) < 0.01)
        odometer.noteSpeed(0)
        #expect(odometer.take(left: 90_000 + 2 * rolled, right: 90_000, at: at(4000)) == true)
    }
}
