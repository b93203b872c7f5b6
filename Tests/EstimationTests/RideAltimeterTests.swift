import Estimation
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Rides on paper: trapezoids of speed, sampled as the deliberation samples, with the noise of a small unit.
@Suite("The height of a ride")
struct RideAltimeterTests {
    /// A ride of `climb` metres with noise, then two seconds of rest; what the altimeter says at the end.
    private func ride(
        _ climb: Double, speed: Double = 1, acceleration: Double = 0.8, bias: Double = 0, weather: Double = 0,
        hasPressure: Bool = true, seed: UInt64 = 7, rate: Double = 20
    ) -> HeightChange? {
        var altimeter = RideAltimeter()
        var random = SeededRandom(seed: seed)
        let way = abs(climb)
        let speed = min(speed, (way * acceleration).squareRoot())
        let ramp = speed / acceleration
        let cruise = way > 0 ? max(0, (way - speed * ramp) / speed) : 0
        let total = 1.0 + 2 * ramp + cruise + 2.0
        var time = 0.0
        var height = 0.0
        var velocity = 0.0
        while time < total {
            let t = time - 1.0
            let a: Double =
                if t < 0 || t > 2 * ramp + cruise { 0 } else if t < ramp { acceleration } else if t < ramp + cruise {
                    0
                } else { -acceleration }
            let signed = climb < 0 ? -a : a
            velocity += signed / rate
            height += velocity / rate
            let above = 60 + height
            let pressure = 101_325 * pow(1 - 0.0065 * above / 288.15, 5.25588) + weather * time
            let state = InertialState(
                acceleration: Vector3(0, 0, 9.81 + bias + signed + 0.02 * random.gaussian()),
                pressure: hasPressure ? pressure + 2 * random.gaussian() : 0)
            altimeter.take(Stamped(state, at: .zero + .seconds(100 + time)))
            time += 1 / rate
        }
        return altimeter.change(at: .zero + .seconds(100 + time))
    }

    @Test("a ride up or down is measured within a third of a storey", arguments: [3.2, 6.4, -3.2, -12.8, 25.6])
    func climbs(climb: Double) throws {
        for seed in 1...20 {
            let change = try #require(ride(climb, seed: UInt64(seed)))
            #expect(abs(change.metres - climb) < 1.0, "\(change) for \(climb)")
            #expect(abs(change.metres - climb) < 3.5 * change.deviation, "\(change) for \(climb)")
            #expect(change.isResting)
        }
    }

    @Test("standing is no climb, whatever bias the accelerometer has", arguments: [-0.3, 0, 0.3])
    func stands(bias: Double) throws {
        let change = try #require(ride(0, bias: bias))
        #expect(abs(change.metres) < 0.5)
    }

    @Test("weather that moves the pressure as much as a storey in a minute makes the deviation grow")
    func weather() throws {
        // 40 Pa in a minute: a door that opens to the wind.
        let calm = try #require(ride(3.2))
        let windy = try #require(ride(3.2, weather: -6))
        #expect(windy.deviation > calm.deviation || abs(windy.metres - 3.2) < 1)
    }

    @Test("without a barometer's word there is no height")
    func noPressure() {
        #expect(ride(3.2, hasPressure: false) == nil)
    }

    @Test("before the reference is taken there is no height")
    func tooEarly() {
        var altimeter = RideAltimeter()
        #expect(altimeter.change(at: .zero + .seconds(1)) == nil)
        altimeter.take(Stamped(InertialState(pressure: 100_000), at: .zero + .seconds(1)))
        #expect(altimeter.change(at: .zero + .seconds(1)) == nil)
    }

    @Test("a unit that falls silent says nothing any more, and what it missed is not made up by its acceleration")
    func silence() throws {
        var altimeter = RideAltimeter()
        func feed(_ seconds: ClosedRange<Int>, height: Double) {
            for tick in seconds {
                let pressure = 101_325 * pow(1 - 0.0065 * (60 + height) / 288.15, 5.25588)
                let state = InertialState(acceleration: Vector3(0, 0, 9.81), pressure: pressure)
                altimeter.take(Stamped(state, at: .zero + .milliseconds(50 * tick)))
            }
        }
        feed(0...40, height: 0)
        #expect(altimeter.change(at: .zero + .seconds(2)) != nil)
        #expect(altimeter.change(at: .zero + .seconds(3)) == nil)
        // Back after a ride of eight metres that it has not felt: the barometer alone is right.
        feed(300...360, height: 8)
        let change = try #require(altimeter.change(at: .zero + .seconds(18)))
        #expect(abs(change.metres - 8) < 0.5, "\(change)")
    }
}
