import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Who gets the meal: types the PIN when the robot stands there, takes the meal from the open compartment and shuts
/// the lid.
package struct Recipient: Sendable {
    /// What the recipient does in this step.
    package enum Act: Sendable {
        case press(Character)
        case takeMeal
        /// Pushes the lid; goes on until it is shut.
        case shutLid
        case letGo
    }

    /// What the recipient sees.
    package struct Sight {
        package var isRobotHere: Bool
        package var lidOpening: Double
        package var hasMeal: Bool

        package init(isRobotHere: Bool, lidOpening: Double, hasMeal: Bool) {
            self.isRobotHere = isRobotHere
            self.lidOpening = lidOpening
            self.hasMeal = hasMeal
        }
    }

    private enum Mood: Sendable {
        case waiting(seen: Double)
        case typing(keys: [Character], until: Double)
        case expecting(Double)
        case taking(Double)
        case shutting(Double)
        case pushing
        case done
    }

    /// The robot is near enough when its middle is within this distance, metres.
    package static let reach = 1.5
    /// How long a recipient waits for the lid before typing again, seconds.
    private static let retry = 5.0

    package let setup: RecipientSetup
    package var body: PersonBody
    private var mood = Mood.waiting(seen: 0)
    private var typed = 0
    private var shutsOver: Int

    package init(_ setup: RecipientSetup) {
        self.setup = setup
        shutsOver = setup.shutsOver
        body = PersonBody(level: setup.level, position: setup.position)
        body.isPresent = !setup.noShow
    }

    /// A PIN that is as long as the right one and is not it.
    package var wrongPIN: String {
        String(setup.pin.map { $0 == "9" ? "0" : Character(String((Int(String($0)) ?? 0) + 1)) })
    }

    package mutating func step(_ dt: Double, _ sight: Sight) -> Act? {
        guard body.isPresent else { return nil }
        switch mood {
        case .waiting(let seen):
            guard sight.isRobotHere else {
                mood = .waiting(seen: 0)
                return nil
            }
            if sight.lidOpening > 0.8 {
                mood = .taking(setup.takeDelay)
                return nil
            }
            mood = seen + dt < setup.reaction ? .waiting(seen: seen + dt) : startTyping()
        case .typing(let keys, let until):
            if until > dt {
                mood = .typing(keys: keys, until: until - dt)
                return nil
            }
            mood =
                keys.count > 1
                ? .typing(keys: Array(keys.dropFirst()), until: setup.keyInterval) : .expecting(Self.retry)
            return .press(keys[0])
        case .expecting(let left):
            if sight.lidOpening > 0.8 {
                mood = .taking(setup.takeDelay)
            } else if left > dt {
                mood = .expecting(left - dt)
            } else if !sight.isRobotHere {
                mood = .waiting(seen: 0)
            } else {
                mood = typed < setup.attempts ? startTyping() : .done
            }
        case .taking(let left):
            if left > dt {
                mood = .taking(left - dt)
                return nil
            }
            mood = .shutting(setup.shutDelay)
            if shutsOver > 0 {
                shutsOver -= 1
                return nil
            }
            return sight.hasMeal ? .takeMeal : nil
        case .shutting(let left):
            mood = left > dt ? .shutting(left - dt) : .pushing
        case .pushing:
            if sight.lidOpening <= 0 {
                mood = sight.hasMeal ? .expecting(Self.retry) : .done
                return .letGo
            }
            return .shutLid
        case .done:
            // A lid that springs open again is shut again.
            if sight.lidOpening > 0.8, sight.isRobotHere { mood = .shutting(setup.shutDelay) }
        }
        return nil
    }

    private mutating func startTyping() -> Mood {
        typed += 1
        let pin = typed <= setup.wrongFirst ? wrongPIN : setup.pin
        return .typing(keys: Array(pin) + ["#"], until: 0)
    }
}
