package import DeviceProtocols
package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A Hesai XT in the twin: turns by itself and sends a packet as soon as its blocks are full, each firing measured at its
/// own moment.
///
/// The world is upright: what a channel sees is what the level beam of its block's bearing meets, at the channel's slant, or
/// the floor below where that comes first. One ray a firing is cast for all channels, at the level channel's bearing.
package final class HesaiXTDevice: DatagramDevice {
    /// It says that it is too hot. For fault injection.
    package var isHot = false
    /// Measured speed, revolutions a minute; the bearings follow it. For fault injection.
    package var rpm = 600.0
    /// It neither turns nor sends. For fault injection.
    package var isStandingBy = false
    /// Every so manieth packet is lost on the way; 0 is none. For fault injection.
    package var losesEvery = 0
    package let calibration: HesaiCalibration

    private let laser: any LaserPlant
    private let layout: HesaiXTLayout
    private let returnMode: HesaiReturnMode
    /// The device's clock at our zero, nanoseconds since 1970.
    private let clockOffset: Int64
    private let level: Int
    /// What a level metre is along each channel's slant, and where the channel meets the floor (infinity where it does not).
    private let stretch: [Double]
    private let floor: [Double]

    private var next: Instant?
    private var azimuth = 0.0
    private var sequence: UInt32 = 1
    private var azimuths: [UInt16] = []
    private var units: [HesaiXTPacket.Unit] = []

    /// One firing of all channels takes this long.
    private static let firingTime: Duration = .microseconds(50)
    private static let unitMillimeters = 4.0
    /// 11 h 55 min on the 22nd of November 2026.
    private static let someDay: Int64 = 1_795_348_500_000_000_000

    /// - Parameters:
    ///   - laser: What the level channel looks into.
    ///   - height: Of the device above the floor, metres.
    package init(
        laser: any LaserPlant, layout: HesaiXTLayout = .xt16, calibration: HesaiCalibration? = nil,
        returnMode: HesaiReturnMode = .strongest, height: Double = 0.4
    ) {
        self.laser = laser
        self.layout = layout
        self.returnMode = returnMode
        clockOffset = Self.someDay
        self.calibration = calibration ?? .nominalXT(layout)
        level = self.calibration.levelChannel
        stretch = self.calibration.elevations.map { 1 / cos($0 * .pi / 180) }
        floor = self.calibration.elevations.map { $0 < 0 ? height / -sin($0 * .pi / 180) : .infinity }
    }

    package var datagramSize: Int { layout.size }

    /// It hears nothing on this port.
    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {}

    package func advance(to now: Instant, output: inout [UInt8]) {
        guard !isStandingBy else {
            next = nil
            return
        }
        var time = next ?? now
        while time <= now {
            fire(at: time)
            time += Self.firingTime
            azimuth += rpm * 6 * Self.firingTime.inSeconds
            if azimuth >= 360 { azimuth -= 360 }
            if azimuths.count >= layout.blocks { output += closed(at: time) }
        }
        next = time
    }

    /// Fires all channels; `time` is the block's beginning.
    private func fire(at time: Instant) {
        let delay = HesaiXTPacket.firingTime(ofChannel: level)
        let bearing = azimuth + calibration.azimuths[level] + rpm * 6 * delay
        let echo = laser.cast(angle: -bearing * .pi / 180, at: time + .nanoseconds(Int64(delay * 1e9)))
        let count = returnMode.hasTwoReturns ? 2 : 1
        for block in 0..<count {
            azimuths.append(UInt16((azimuth * 100).rounded()) % 36_000)
            for channel in 0..<layout.lasers {
                units.append(unit(of: channel, level: echo, isSecond: block == 1))
            }
        }
    }

    private func unit(
        of channel: Int, level: (range: Double, quality: UInt8)?, isSecond: Bool
    ) -> HesaiXTPacket.Unit {
        let slant = min(level.map { $0.range * stretch[channel] } ?? .infinity, floor[channel])
        guard slant < 200 else { return HesaiXTPacket.Unit(distance: 0, reflectivity: 0) }
        // The second return of two is what stands half a metre behind.
        let counts = ((slant + (isSecond ? 0.5 : 0)) * 1000 / Self.unitMillimeters).rounded()
        return HesaiXTPacket.Unit(
            distance: UInt16(clamping: Int(counts)), reflectivity: level?.quality ?? 40, confidence: 1)
    }

    private func closed(at time: Instant) -> [UInt8] {
        // The manual has the packet's time 5.632 µs before its last block.
        let own = clockOffset + time.nanoseconds - Self.firingTime.nanoseconds - 5632
        var content = HesaiXTContent(
            layout: layout, rpm: UInt16(rpm),
            time: HesaiTime(seconds: own / 1_000_000_000, microseconds: UInt32(own % 1_000_000_000 / 1000)),
            sequence: sequence, azimuths: azimuths, units: units)
        content.returnMode = returnMode
        content.isShuttingDown = isHot
        sequence &+= 1
        azimuths.removeAll(keepingCapacity: true)
        units.removeAll(keepingCapacity: true)
        return losesEvery > 0 && Int(sequence) % losesEvery == 0 ? [] : content.encoded
    }
}
