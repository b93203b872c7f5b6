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

    /// Outside, with nothing of the lift left to do.
    var isOver: Bool {
        guard world.isOutside, robot.memory.sessions.isEmpty, world.holder != .robot else { return false }
        return robot.memory.progress.map { $0.leg != .toDeliver } ?? true
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
