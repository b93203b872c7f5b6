import RobotModel

/// What may happen at any moment of a ride, besides what is meant to happen.
enum LiftFault: Hashable, CaseIterable, Sendable {
    /// Somebody else's session takes the place of ours, or of nobody's, and goes elsewhere or stays; and ends.
    case stolen, heldHere, otherLeaves
    /// The controller forgets our session.
    case dropped
    case linkDown, linkUp
    case fire, emergency, offline, inService
    /// The door begins to shut for no reason.
    case closesEarly
    /// Somebody in the car presses a button.
    case pressesLower, pressesUpper
    /// The controller says another level than the car's.
    case floorLie, floorTruth
    /// Another level's map fits better, or the barometer is off by a level.
    case scanLie, scanTruth, heightLie
    case crowded, roomy
    case wayBlocked, wayFree, held, letGo
    case noRoute
    case cancel
    case pause, resume
    /// The process is killed and comes up at once, or after fifteen seconds; or it is asked to stop, and comes up.
    case crash, longCrash, shutdown

    /// What the world looks like after it; false where it would change nothing.
    func apply(to world: inout LiftWorld) -> Bool {
        let before = world
        switch self {
        case .stolen:
            world.holder = .other
            world.otherFloor = world.floor == 0 ? 1 : 0
        case .heldHere: (world.holder, world.otherFloor) = (.other, world.floor)
        case .otherLeaves: if world.holder == .other { world.holder = .nobody }
        case .dropped: if world.holder == .robot { world.holder = .nobody }
        case .linkDown: world.isLinkUp = false
        case .linkUp: world.isLinkUp = true
        case .fire: world.mode = .fire
        case .emergency: world.mode = .emergency
        case .offline: world.mode = .offline
        case .inService: world.mode = .agv
        case .closesEarly: if world.door == .open, !world.isOnSill { world.door = .moving }
        case .pressesLower: if world.floor > 0 { world.detour = world.floor - 1 }
        case .pressesUpper: if world.floor < 2 { world.detour = world.floor + 1 }
        case .floorLie: world.floorLie = (world.floor + 1) % 3
        case .floorTruth: world.floorLie = nil
        case .scanLie: world.scanLie = (world.level + 1) % 3
        case .scanTruth: world.scanLie = nil
        case .heightLie: if world.hasBarometer { world.heightLie = (world.level + 1) % 3 }
        case .crowded: world.isCrowded = true
        case .roomy: world.isCrowded = false
        case .wayBlocked: world.isWayBlocked = true
        case .wayFree: world.isWayBlocked = false
        case .held: world.isHeld = true
        case .letGo: world.isHeld = false
        case .noRoute: world.hasRoute = false
        case .cancel, .pause, .resume, .crash, .longCrash, .shutdown: return true
        }
        return world != before
    }
}
