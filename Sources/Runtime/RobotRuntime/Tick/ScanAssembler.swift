import Realtime
import RobotModel

/// Sorts LiDAR samples into evenly spaced beams and hands out a scan for each whole revolution. A kernel of the tick.
struct ScanAssembler: Sendable {
    /// A revolution with fewer samples than this share of the beams is not handed out: something was lost.
    private static let leastShare = 0.5

    private var scan: LaserScan
    private let beams: Int
    private var samples = 0
    private var isOpen = false

    init(beams: Int) {
        self.beams = beams
        scan = LaserScan(count: beams)
    }

    /// Takes a sample; one that begins a new revolution hands out the one before.
    @_noAllocation @_noLocks
    mutating func take(_ sample: LaserSample, odometry: Pose2D, into scans: Ring<LaserScan>) {
        if sample.startsRevolution {
            if isOpen && samples >= Int(Double(beams) * Self.leastShare) {
                close(at: sample.time, odometry: odometry)
                scans.push(scan)
            }
            begin(at: sample.time, odometry: odometry)
        }
        guard isOpen else { return }
        let position = Double(sample.angle) / (2 * Double.pi) * Double(beams)
        var beam = Int(position + (position < 0 ? -0.5 : 0.5))
        if beam >= beams { beam -= beams }
        guard beam >= 0, beam < beams else { return }
        samples += 1
        // Two samples in one beam: the nearer one counts.
        if scan.ranges[beam] == 0 || (sample.range > 0 && sample.range < scan.ranges[beam]) {
            scan.ranges[beam] = sample.range
            scan.intensities[beam] = sample.intensity
        }
        scan.fractions[beam] = Float(sample.time.seconds(since: scan.start))
    }

    @_noAllocation @_noLocks
    private mutating func begin(at time: Instant, odometry: Pose2D) {
        isOpen = true
        samples = 0
        scan.start = time
        scan.startOdometry = odometry
        var beam = 0
        while beam < beams {
            scan.ranges[beam] = 0
            scan.fractions[beam] = 0
            beam += 1
        }
    }

    @_noAllocation @_noLocks
    private mutating func close(at time: Instant, odometry: Pose2D) {
        scan.end = time
        scan.endOdometry = odometry
        // So far the fractions are seconds since the start.
        let scale = Float(1 / max(time.seconds(since: scan.start), 1e-3))
        var beam = 0
        while beam < beams {
            scan.fractions[beam] = min(scan.fractions[beam] * scale, 1)
            beam += 1
        }
    }
}
