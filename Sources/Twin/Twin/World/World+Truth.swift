package import RobotModel

extension World {
    /// How far the box's radio carries, metres from the face to the robot's middle.
    private static let radioRange = 3.0

    /// Whether the robot's modem and the box's hear each other.
    package var isBoxInRange: Bool {
        guard let box, box.level == level else { return false }
        return box.face.position.distance(to: pose.position) <= World.radioRange
    }

    /// Puts a servo into overload (Dynamixel's Hardware Error Status bit 5).
    package func setAlert(servo id: Int) {
        for plant in arm.plants where plant.id == id { plant.hardwareError |= 0x20 }
    }

    package func truth(at time: Instant) -> Truth {
        Truth(
            time: time, level: level, pose: pose, twist: twist, nearestApproach: nearestApproach,
            nearestPerson: nearestPerson, contacts: contacts, lastContact: lastContact, distance: distance, meal: meal,
            joints: arm.angles, gripperWidth: arm.width, tool: arm.tool.origin, lidOpening: compartment.opening,
            flapOpening: box?.plant.flapOpening ?? 0, stateOfCharge: battery.stateOfCharge,
            box: box?.level == level ? box?.face : nil,
            people: people.filter { $0.level == level }.map(\.position))
    }
}
