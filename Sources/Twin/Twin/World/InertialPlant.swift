package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// What acts on an inertial unit with a barometer, in the unit's own frame and without noise.
package final class InertialPlant {
    /// Specific force in m/s²: +g upwards at rest.
    package var acceleration = Vector3(0, 0, 9.80665)
    /// rad/s.
    package var angularVelocity = Vector3.zero
    /// Metres above the sea.
    package var height: Double
    /// Pa at the sea; the weather moves it.
    package var seaLevelPressure: Double
    /// Degrees Celsius of the unit.
    package var temperature = 31.0

    package init(height: Double = 60, seaLevelPressure: Double = 101_325) {
        self.height = height
        self.seaLevelPressure = seaLevelPressure
    }

    /// Pa, by the International Standard Atmosphere below 11 km: p = p₀·(1 − L·h/T₀)^(g·M/(R·L)) with L = 6.5 K/km,
    /// T₀ = 288.15 K and an exponent of 5.25588 (ISO 2533:1975). At the ground a metre is 12 Pa.
    package var pressure: Double { seaLevelPressure * pow(1 - 0.0065 * height / 288.15, 5.25588) }
}
