import RobotModel

/// Who may move and switch things from the console: nobody, until the code has been typed.
struct AccessLock: Sendable {
    /// What became of a code.
    enum Outcome: Hashable, Sendable {
        case opened
        /// Wrong; so many tries are left before the lock-out.
        case wrong(left: Int)
        /// No code is taken for now.
        case lockedOut(Duration)
        /// The board file has no hash to hold a code against.
        case noHash
    }

    /// Wrong codes in a row that are let pass. A four-digit code then stands for more than a day of typing.
    static let tries = 3
    static let lockOut = Duration.seconds(30)
    /// How long an unlocked console may stand without a key.
    static let idleLimit = Duration.seconds(600)

    private let hash: UnlockHash?
    private(set) var isOpen = false
    private var wrongTries = 0
    private var closedUntil: Instant?
    private var lastUse = Instant.zero

    init(hash: UnlockHash?) { self.hash = hash }

    /// Whether there is anything to hold a code against.
    var hasHash: Bool { hash != nil }

    /// How long no code will be taken; nil when one is.
    func lockOutLeft(at now: Instant) -> Duration? {
        guard let closedUntil, now < closedUntil else { return nil }
        return closedUntil - now
    }

    mutating func enter(_ code: String, at now: Instant) -> Outcome {
        guard let hash else { return .noHash }
        if let left = lockOutLeft(at: now) { return .lockedOut(left) }
        guard hash.matches(code) else {
            wrongTries += 1
            guard wrongTries >= Self.tries else { return .wrong(left: Self.tries - wrongTries) }
            wrongTries = 0
            closedUntil = now + Self.lockOut
            return .lockedOut(Self.lockOut)
        }
        wrongTries = 0
        isOpen = true
        lastUse = now
        return .opened
    }

    /// Somebody is there.
    mutating func use(at now: Instant) { lastUse = now }

    mutating func close() { isOpen = false }

    /// Whether it has just closed by itself, since nobody was there.
    mutating func expire(at now: Instant) -> Bool {
        guard isOpen, now - lastUse >= Self.idleLimit else { return false }
        isOpen = false
        return true
    }
}
