import Control
import Reflow
import RobotModel
import RobotRuntime
import Testing
import Twin

/// Whole deliveries: the daemon against the twin, on the hand-driven clock.
@Suite("A delivery", .serialized)
struct DeliveryTests {
    @Test(
        "is done in five different worlds: no contact, nobody closer than 0.30 m, the pose within 5 cm and 2°",
        arguments: [1, 2, 3, 4, 5] as [UInt64])
    func seeds(seed: UInt64) async throws {
        let rig = try Rig(seed: seed)
        try await rig.startLunch()
        let error = LocalizationError()
        let isHome = await rig.run(420) { rig in
            error.compare(rig)
            return rig.truth.meal == .delivered && rig.status.isIdle && rig.status.isHome
        }
        #expect(isHome, "at the end: \(rig.doing); said: \(rig.said.suffix(5))")
        #expect(rig.truth.meal == .delivered)
        #expect(rig.truth.contacts == 0, "touched \(rig.truth.lastContact ?? "?")")
        #expect(rig.truth.nearestPerson >= 0.30)
        #expect(rig.truth.level == "L1")
        #expect(rig.truth.pose.position.distance(to: Point2D(9.0, -3.3)) < 0.15)
        #expect(error.metres < 0.05)
        #expect(error.degrees < 2)
        #expect(error.samples > 1000)
        #expect(rig.outbox()?["state"] as? String == "completed")
        #expect(rig.robot.recorded.dropped.isEmpty)
    }

    @Test("is the same to the last digit when the same world is lived through twice")
    func deterministic() async throws {
        var ends: [String] = []
        for _ in 0..<2 {
            let rig = try Rig(seed: 3)
            try await rig.startLunch()
            await rig.run(60)
            ends.append(rig.truth.json + rig.said.joined())
        }
        #expect(ends[0] == ends[1])
    }
}

/// The robot's idea of its pose against what really is, while it claims to know.
final class LocalizationError: @unchecked Sendable {
    private(set) var samples = 0
    private var squares = 0.0
    private var yawSquares = 0.0

    func compare(_ rig: Rig) {
        let place = rig.status.place
        guard place.localization == "tracking", place.level == rig.truth.level.rawValue else { return }
        let error = place.pose.position.distance(to: rig.truth.pose.position)
        let yaw = normalizedAngle(place.pose.yaw - rig.truth.pose.yaw)
        squares += error * error
        yawSquares += yaw * yaw
        samples += 1
    }

    /// RMS.
    var metres: Double { (squares / Double(max(samples, 1))).squareRoot() }
    var degrees: Double { (yawSquares / Double(max(samples, 1))).squareRoot() * 180 / .pi }
}
