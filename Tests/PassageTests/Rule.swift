/// What may never happen at a door or in a lift, whatever goes wrong.
enum Rule: String, Hashable, Sendable, CaseIterable {
    case entersOnlyWithSession = "never enter without a confirmed session"
    case leavesOnlyConfirmed = "never leave on a level that two sources do not confirm"
    case neverCallsBack = "never summon the lift back to the level of boarding while riding"
    case gotOffOnlyOutside = "never report 'got off', or give back, while inside"
    case closesSessions = "never leave a session open, unless the robot stands in the door or lift"
}
