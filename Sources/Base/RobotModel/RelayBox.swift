/// What the relay box of a building reports about one door.
public struct RelayDoorReport: Hashable, Sendable {
    /// The door's number in the box.
    public var number: Int
    public var mode: DoorMode
    /// The session that holds the door open; 0 when none does.
    public var session: UInt16

    public init(number: Int, mode: DoorMode, session: UInt16) {
        self.number = number
        self.mode = mode
        self.session = session
    }
}

/// What the relay box reports about one lift.
public struct RelayLiftReport: Hashable, Sendable {
    /// The lift's number in the box.
    public var number: Int
    /// The floor number where the car is (while moving: the last one passed).
    public var floor: Int
    /// The floor number the car is sent to.
    public var destination: Int
    public var motion: LiftMotion
    public var door: DoorMode
    public var mode: LiftMode
    /// The session that the lift serves; 0 when none.
    public var session: UInt16

    public init(
        number: Int, floor: Int, destination: Int, motion: LiftMotion, door: DoorMode, mode: LiftMode, session: UInt16
    ) {
        self.number = number
        self.floor = floor
        self.destination = destination
        self.motion = motion
        self.door = door
        self.mode = mode
        self.session = session
    }
}

/// Everything that one polling cycle of the relay box brought.
public struct RelayReport: Hashable, Sendable {
    public var doors: [RelayDoorReport]
    public var lifts: [RelayLiftReport]

    public init(doors: [RelayDoorReport] = [], lifts: [RelayLiftReport] = []) {
        self.doors = doors
        self.lifts = lifts
    }
}

/// What a door or lift session asks the relay box for. The box drops a session that is not refreshed for 10 s.
public enum RelayCommand: Hashable, Sendable {
    /// Open door `number` and hold it open for `session`; session 0 gives it back.
    case door(number: Int, session: UInt16)
    /// Serve `session` with lift `number`: go to `floor` and hold the door open there while `holdDoor`. Session 0 ends it.
    case lift(number: Int, session: UInt16, floor: Int, holdDoor: Bool)
}

/// What is asked of a delivery box over its radio line.
public enum BoxCommand: Hashable, Sendable {
    /// Present the code of an order; the right one opens the latch.
    case unlock(code: UInt32)
    /// Close the latch (it holds once the flap is shut).
    case lock
}
