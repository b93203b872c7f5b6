import Missions
import RobotModel

/// The robot and the lift together.
struct LiftSystem: CheckedSystem {
    var robot: CheckedRobot
    var world: LiftWorld

    init(mutant: Mutant? = nil, hasBarometer: Bool) {
        robot = CheckedRobot(mutant: mutant)
        world = LiftWorld(hasBarometer: hasBarometer)
    }

    mutating func step() throws(Breach) { try step(nil) }

    private mutating func step(_ event: MissionEvent?) throws(Breach) {
        let before = world
        robot.step(&world, event)
        try robot.obeys(before: before, world)
    }

    mutating func suffer(_ fault: LiftFault) throws(Breach) -> Bool {
        guard fault.apply(to: &world) else { return false }
        switch fault {
        case .crash: robot.restart(after: 1, &world)
        case .longCrash: robot.restart(after: 15, &world)
        case .shutdown:
            try step(.shutdown)
            robot.restart(after: 15, &world)
        case .cancel: try step(.cancel("m1"))
        case .pause: try step(.pause)
        case .resume: try step(.resume)
        default: try step(nil)
        }
        return true
    }

    func rest() throws(Breach) { try robot.isTidy(world) }

    /// Outside on another leg of the mission, and the lift is not the robot's any more; or on the way home. Ways by a lift
    /// that does not come, or past somebody who does not go, are tried for ever, so what the journal still waits for does
    /// not count.
    var isOver: Bool {
        let isAway = world.isOutside && world.holder != .robot
        guard let leg = robot.memory.progress?.leg else { return isAway }
        return leg == .toHome || (leg != .toDeliver && isAway)
    }

    struct Appearance: Equatable {
        var world: LiftWorld
        var doing: MissionProgress?
        var calls: Int
    }

    var appearance: Appearance {
        var world = world
        world.age = 0
        return Appearance(world: world, doing: robot.memory.progress, calls: robot.callsForHelp)
    }

    var key: Int { StateKey.of(robot, world, now: robot.now) }
    var doing: String { robot.doing }
    var waitsForSomebody: Bool { robot.waitsForSomebody }
    var isOutside: Bool { world.isOutside }
}
