import DeviceProtocols
import RobotModel

extension AMT21Driver {
    /// What the driver knows of one encoder's shaft.
    struct Shaft: Sendable {
        let encoder: Encoder
        /// The last angle believed, radians 0..<2π, and when it was read; nil until the encoder was met.
        private(set) var angle: Double?
        private(set) var readAt = Instant.zero
        /// Whole turns that belong to it.
        private var turns = 0
        /// An angle too far away to be believed alone.
        private var candidate: (angle: Double, at: Instant)?
        /// The first angle, until the second agrees.
        var firstAngle: (angle: Double, at: Instant)?
        var firstTurns: Int?
        /// When it last answered, or was last asked in vain although it is missing.
        var answeredAt = Instant.zero
        var askedAt = Instant.zero
        /// It has not answered since the port was opened, or for too long.
        var isMissing = true
        /// Since it last answered: bytes that made no sense.
        var nonsense = 0

        init(_ encoder: Encoder) { self.encoder = encoder }

        /// "elbow (encoder 0x54)".
        var title: String { "\(encoder.name) (encoder 0x\(String(encoder.address, radix: 16)))" }

        /// Nothing is known any more.
        mutating func forget() { self = Shaft(encoder) }

        /// The joint's angle; nil until the encoder was met.
        var value: Double? {
            guard let angle else { return nil }
            let total = encoder.countsTurns ? angle + 2 * .pi * Double(turns) : angle
            let joint = (total - encoder.offset) * encoder.sign
            return encoder.countsTurns ? joint : Self.wrapped(joint)
        }

        /// Takes the two first angles that agree, and the turns between them.
        mutating func begin(_ angle: Double, turns: Int, at now: Instant) {
            self.angle = angle
            self.turns = turns
            readAt = now
            candidate = nil
        }

        /// Takes an angle if the shaft can have turned so far; says whether it was believed.
        mutating func take(_ next: Double, maximumSpeed: Double, at now: Instant) -> Bool {
            guard let last = angle else { return false }
            if !Self.isNear(next, last, within: now.seconds(since: readAt), speed: maximumSpeed) {
                guard let other = candidate,
                    Self.isNear(next, other.angle, within: now.seconds(since: other.at), speed: maximumSpeed)
                else {
                    candidate = (next, now)
                    return false
                }
            }
            // The way from one angle to the next is the shorter one.
            if next - last > .pi { turns -= 1 }
            if last - next > .pi { turns += 1 }
            angle = next
            readAt = now
            candidate = nil
            return true
        }

        /// Whether a shaft can come from one angle to another in a time.
        static func isNear(_ a: Double, _ b: Double, within seconds: Double, speed: Double) -> Bool {
            // A hundredth of a radian more, for bearings with play.
            abs(wrapped(a - b)) <= speed * seconds + 0.01
        }

        /// An angle brought into -π..<π.
        private static func wrapped(_ angle: Double) -> Double {
            let turn = 2 * Double.pi
            return angle - turn * ((angle + .pi) / turn).rounded(.down)
        }
    }
}
