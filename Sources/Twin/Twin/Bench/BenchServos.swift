package import RobotModel

/// Servos on a table with nothing on their shafts: each runs to its goal at the speed it may use.
package final class BenchServos {
    package let plants: [ServoPlant]
    /// rad/s that a servo can do by itself.
    private static let ownVelocity = 4.8
    private var last: Instant?

    /// So many servos with the ids from 1, each standing somewhere within a radian of its middle.
    package init(count: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        plants = (1...max(1, count)).map { id in
            let plant = ServoPlant(id: id)
            plant.position = Double.random(in: -1...1, using: &random)
            return plant
        }
    }

    /// Lets the servos move.
    package func move(to now: Instant) {
        let time = last.map { max(0, now.seconds(since: $0)) } ?? 0
        last = now
        guard time > 0 else { return }
        for plant in plants {
            let isFree = !plant.torqueEnabled || plant.hardwareError != 0
            let speed = plant.profileVelocity > 0 ? min(plant.profileVelocity, Self.ownVelocity) : Self.ownVelocity
            let step = isFree ? 0 : min(speed * time, max(-speed * time, plant.goalPosition - plant.position))
            plant.position += step
            plant.velocity = step / time
        }
    }
}

/// A bus whose servos move when time passes.
final class BenchServoBus: TwinDevice {
    private let servos: BenchServos
    private let bus: any TwinDevice

    init(_ servos: BenchServos, bus: any TwinDevice) {
        self.servos = servos
        self.bus = bus
    }

    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        servos.move(to: now)
        bus.receive(bytes, at: now)
    }

    func advance(to now: Instant, output: inout [UInt8]) {
        servos.move(to: now)
        bus.advance(to: now, output: &output)
    }
}
