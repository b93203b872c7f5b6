public import RobotModel

/// One delivery: what to collect where, whom to bring it, and what to do when nobody comes.
public struct Mission: Hashable, Sendable, Codable {
    public var id: MissionID
    /// 0 (whenever) ... 9 (first).
    public var priority: Int
    public var collect: MealCollection
    public var deliver: MealDelivery

    public init(id: MissionID, priority: Int, collect: MealCollection, deliver: MealDelivery) {
        self.id = id
        self.priority = priority
        self.collect = collect
        self.deliver = deliver
    }
}

/// Which meal to fetch.
public struct MealCollection: Hashable, Sendable, Codable {
    /// Where the robot stands in front of the vehicle or locker.
    public var place: PlaceID
    /// The box's number, as it answers on the radio line.
    public var box: Int
    /// The code that opens it.
    public var code: Secret<UInt32>
    /// The number of the order in it.
    public var order: Int

    /// Stands for the code of a mission that is over; no box has it.
    static let forgottenCode: UInt32 = 0

    public init(place: PlaceID, box: Int, code: Secret<UInt32>, order: Int) {
        self.place = place
        self.box = box
        self.code = code
        self.order = order
    }
}

/// Whom to bring the meal.
public struct MealDelivery: Hashable, Sendable, Codable {
    public var place: PlaceID
    /// What the recipient's PIN is held against.
    public var pin: PINHash
    /// When the recipient was told to expect it.
    public var promised: WallTime
    public var noShow: NoShow

    public init(place: PlaceID, pin: PINHash, promised: WallTime, noShow: NoShow) {
        self.place = place
        self.pin = pin
        self.promised = promised
        self.noShow = noShow
    }
}

/// What to do when nobody takes the meal.
public struct NoShow: Hashable, Sendable, Codable {
    /// Where the meal goes then.
    public enum Fallback: Hashable, Sendable, Codable {
        /// Back to where it was collected; the box's code serves as PIN there.
        case returnToSender
        /// To another place (a reception), where whoever is there may take it without a PIN.
        case leave(at: PlaceID)
    }

    /// How long to wait for the recipient.
    public var wait: Duration
    public var then: Fallback

    public init(wait: Duration, then: Fallback) {
        self.wait = wait
        self.then = then
    }
}

/// How far a mission is.
public enum MissionState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Valid and durable; waits for its turn.
    case queued
    /// Its turn, but the battery does not hold enough for the route and the way home.
    case waitingForEnergy = "waiting_for_energy"
    case running
    case paused
    /// The meal goes back, or to the other place.
    case returning
    /// Called off with the meal on board: it goes back to the sender.
    case cancelling
    /// Handed over.
    case completed
    /// Brought back, or left at the other place.
    case returned
    case cancelled
    case failed
    /// Never taken on: its file is wrong, or its id is taken.
    case rejected

    /// Whether the robot is at it.
    public var isUnderWay: Bool {
        switch self {
        case .running, .paused, .returning, .cancelling: true
        case .queued, .waitingForEnergy, .completed, .returned, .cancelled, .failed, .rejected: false
        }
    }

    /// Whether nothing more will happen.
    public var isFinal: Bool {
        switch self {
        case .queued, .waitingForEnergy, .running, .paused, .returning, .cancelling: false
        case .completed, .returned, .cancelled, .failed, .rejected: true
        }
    }
}

/// Who has the meal.
public enum Custody: String, Hashable, Sendable, Codable {
    /// It waits in its box.
    case box
    /// Between box and compartment: in the gripper, or unknown after a power cut.
    case arm
    /// In the robot's compartment.
    case robot
    case recipient
    /// Back with who sent it.
    case sender
    /// Left at the other place.
    case reception
    /// Gone from the robot's compartment, and nobody knows who has it.
    case unknown
}
