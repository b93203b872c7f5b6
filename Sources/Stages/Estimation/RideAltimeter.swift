public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// How far a lift's car carries the robot: air pressure and vertical acceleration of a ride, from standing to standing.
///
/// Two measures of the same climb. The barometer's needs no model of the ride and drifts with weather and with doors that
/// open; the acceleration's, integrated twice, knows nothing of the air and drifts with time. At rest the car's speed is
/// zero, which takes the accelerometer's bias out. Where they disagree the deviation says so.
///
/// Begin it while the car stands; feed it every measurement that comes (10 a second or more).
public struct RideAltimeter: Sendable {
    /// Measurements at the beginning that are the reference: the car stands.
    private static let reference = Duration.milliseconds(600)
    /// Seconds without a measurement after which the acceleration's measure is void, and the barometer's too old.
    private static let gap = 0.5
    /// Still for so long is standing.
    private static let rest = Duration.milliseconds(800)
    /// m/s² within which the acceleration of a standing car stays.
    private static let still = 0.12
    /// m/s below which the integrated speed may be nothing, and m/s² by which bias adds to it.
    private static let slowest = 0.25
    private static let bias = 0.015
    /// Seconds over which the pressure is smoothed.
    private static let smoothing = 0.4
    /// Metres of a smoothed barometer's noise, and metres a second that the weather and opening doors may add.
    private static let barometerNoise = 0.25
    private static let barometerDrift = 0.002
    /// The air is up to 4 % thinner or denser than the standard atmosphere's.
    private static let airDensity = 0.04
    /// Share of the climb by which the acceleration's measure is off: a few measurements for each ramp.
    private static let inertialShare = 0.10
    private static let inertialNoise = 0.3

    private var begun: Instant?
    private var last: Stamped<InertialState>?
    private var stillSince: Instant?
    private var isResting = true
    // Reference.
    private var count = 0.0
    private var gravity = 0.0
    private var referenceHeight = 0.0
    // Now.
    private var height = 0.0
    private var hasPressure = false
    /// Metres a second and metres by the acceleration, since the car last stood; metres of the legs before.
    private var speed = 0.0
    private var climbed = 0.0
    private var moving = Duration.zero
    private var legs = 0.0
    /// Measurements are missing: what the acceleration did meanwhile nobody knows.
    private var hasGap = false

    public init() {}

    /// Takes one measurement; an old or repeated one is passed over.
    public mutating func take(_ measured: Stamped<InertialState>) {
        if let last, measured.time <= last.time { return }
        let start = begun ?? measured.time
        begun = start
        let barometric = Self.height(of: measured.value.pressure)
        let isReference = measured.time - start <= Self.reference
        if isReference {
            count += 1
            gravity += (measured.value.acceleration.z - gravity) / count
            if measured.value.pressure > 0 {
                hasPressure = true
                referenceHeight += (barometric - referenceHeight) / count
                height = referenceHeight
            }
        }
        defer { last = measured }
        guard let last, !isReference else { return }
        let dt = measured.time.seconds(since: last.time)
        if dt > Self.gap { hasGap = true }
        if measured.value.pressure > 0 { height += (barometric - height) * min(1, dt / Self.smoothing) }
        integrate(from: last, to: measured, dt)
    }

    private mutating func integrate(from last: Stamped<InertialState>, to now: Stamped<InertialState>, _ dt: Double) {
        let before = last.value.acceleration.z - gravity
        let after = now.value.acceleration.z - gravity
        let first = speed
        speed += (before + after) / 2 * dt
        climbed += (first + speed) / 2 * dt
        moving += now.time - last.time
        guard abs(after) < Self.still else {
            stillSince = nil
            isResting = false
            return
        }
        let since = stillSince ?? now.time
        stillSince = since
        // Constant speed feels like standing: it stands when the integrated speed is small as well.
        let drift = Self.slowest + Self.bias * moving.inSeconds
        guard now.time - since >= Self.rest, abs(speed) < drift else { return }
        // What is left of the speed is bias; it has grown evenly, so half of it times the time is in the way.
        legs += climbed - speed / 2 * moving.inSeconds
        speed = 0
        climbed = 0
        moving = .zero
        isResting = true
    }

    /// The climb so far; nil until the reference is taken, without a barometer's word, and when nothing has been measured
    /// for half a second.
    public func change(at now: Instant) -> HeightChange? {
        guard let begun, let last, hasPressure, last.time - begun > Self.reference else { return nil }
        guard now.seconds(since: last.time) <= Self.gap else { return nil }
        let seconds = last.time.seconds(since: begun)
        let byAir = height - referenceHeight
        let airDeviation = root(
            Self.barometerNoise, Self.airDensity * byAir, Self.barometerDrift * seconds)
        guard isResting, !hasGap else {
            return HeightChange(metres: byAir, deviation: airDeviation, isResting: isResting)
        }
        let byForce = legs
        let forceDeviation = root(Self.inertialNoise, Self.inertialShare * byForce, 0)
        let (a, b) = (1 / (airDeviation * airDeviation), 1 / (forceDeviation * forceDeviation))
        let mean = (byAir * a + byForce * b) / (a + b)
        let apart = abs(byAir - byForce)
        // Agreeing measures sharpen each other; of two that do not, nobody knows which is wrong.
        let agrees = apart < 3 * root(airDeviation, forceDeviation, 0)
        return HeightChange(metres: mean, deviation: agrees ? (1 / (a + b)).squareRoot() : apart, isResting: true)
    }

    private func root(_ a: Double, _ b: Double, _ c: Double) -> Double { (a * a + b * b + c * c).squareRoot() }

    /// Metres of a pressure in pascal in the standard atmosphere (ISO 2533:1975, below 11 km).
    static func height(of pressure: Double) -> Double {
        288.15 / 0.0065 * (1 - pow(max(pressure, 1) / 101_325, 1 / 5.25588))
    }
}
