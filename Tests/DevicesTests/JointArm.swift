import RobotModel
import Twin

/// Servos that move as their goals say, much faster than anybody wants, and remember how far and how fast they went.
final class JointArm {
    /// rad/s that a servo runs at when nothing holds it back.
    static let ownSpeed = 20.0
    let plants: [ServoPlant]
    /// The fastest that any servo went since the last `forgetSpeed`, averaged over 20 ms, rad/s.
    private(set) var fastest = 0.0
    private var history: [[(at: Instant, position: Double)]]
    private var last: Instant?

    init(positions: [Double]) {
        plants = positions.enumerated().map { index, position in
            let plant = ServoPlant(id: index + 1)
            plant.position = position
            return plant
        }
        history = [[(at: Instant, position: Double)]](repeating: [], count: positions.count)
    }

    func move(to now: Instant) {
        let time = last.map { now.seconds(since: $0) } ?? 0
        last = now
        for (index, plant) in plants.enumerated() {
            let isFree = !plant.torqueEnabled || plant.hardwareError != 0
            let own = plant.profileVelocity > 0 ? min(Self.ownSpeed, plant.profileVelocity) : Self.ownSpeed
            let step = isFree ? 0 : min(own * time, max(-own * time, plant.goalPosition - plant.position))
            plant.position += step
            plant.velocity = time > 0 ? step / time : 0
            history[index].append((now, plant.position))
            while let first = history[index].first, now - first.at > .milliseconds(20) { history[index].removeFirst() }
            if let first = history[index].first, now - first.at >= .milliseconds(18) {
                fastest = max(fastest, abs(plant.position - first.position) / now.seconds(since: first.at))
            }
        }
    }

    /// Somebody moves a limp joint by hand.
    func push(_ index: Int, by angle: Double) {
        plants[index].position += angle
        forgetSpeed()
    }

    func forgetSpeed() {
        fastest = 0
        for index in history.indices { history[index].removeAll() }
    }
}
