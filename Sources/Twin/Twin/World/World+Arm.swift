package import RobotModel

/// What the fingers hold.
package enum Grip: Sendable {
    case nothing
    /// The meal; its grip point in the tool's frame.
    case meal(offset: Vector3)
    /// The flap's handle; its grip point from the tool's, in the box's frame.
    case handle(offset: Vector3)
}

extension World {
    /// The width of the meal's handle, metres.
    package static let mealWidth = 0.03
    /// How far a thing may be from the tool's centre to be gripped, metres: sideways and in height, and along the tool.
    private static let gripTolerance = 0.025
    private static let gripDepth = 0.035
    /// How far the tool may leave the handle's arc before the fingers slip off, metres.
    private static let gripSlip = 0.04
    /// From this distance on the robot is too far from the box for its arm, metres.
    private static let armReach = 2.0

    /// The tool in the building's frame (z above the level's floor).
    package var toolInWorld: Pose3D { Pose3D(pose).composed(with: arm.tool) }

    /// The box, when the arm may reach it.
    private var nearBox: BoxBody? {
        guard let box, box.level == level, box.face.position.distance(to: pose.position) < World.armReach else {
            return nil
        }
        return box
    }

    func stepArm(_ dt: Double) {
        let widthBefore = arm.width
        let base = Pose3D(pose)
        let box = nearBox
        arm.step(dt) { tool in self.touch(tool, base: base, box: box) }

        let tip = arm.tool.origin
        let lid = compartment.limits(ball: tip, radius: World.tipRadius, wasOutside: &tipOutsideLid)
        compartment.step(dt, floor: lid.floor, ceiling: lid.ceiling)
        if let box = self.box {
            let isHeld = holdsHandle
            var flap: (floor: Double?, ceiling: Double?) = (nil, nil)
            if let near = nearBox, !isHeld {
                flap = near.limits(
                    ball: near.local(base.transform(tip)), radius: World.tipRadius, wasOutside: &tipOutsideFlap)
            }
            box.step(dt, isHeld: isHeld, floor: flap.floor, ceiling: flap.ceiling)
        }
        stepGrip(widthBefore: widthBefore, base: base)
    }

    private var holdsHandle: Bool { if case .handle = grip { true } else { false } }

    /// What the tip would enter with the tool there; pushes lid and flap along.
    private func touch(_ tool: Pose3D, base: Pose3D, box: BoxBody?) -> (direction: Vector3, isHard: Bool)? {
        let tip = tool.origin
        if tip.z < World.tipRadius { return (Vector3(0, 0, -1), true) }
        let lid = compartment.limits(ball: tip, radius: World.tipRadius, wasOutside: &tipOutsideLid)
        if let side = lid.ceiling.map({ _ in -1.0 }) ?? lid.floor.map({ _ in 1.0 }) {
            let direction = compartment.lidNormal * side
            if compartment.isBeyondStops(floor: lid.floor, ceiling: lid.ceiling) { return (direction, true) }
            let before = compartment.angle
            compartment.push(floor: lid.floor, ceiling: lid.ceiling)
            if compartment.angle != before { return (direction, false) }
        }
        guard let box, !holdsHandle else { return nil }
        let ball = box.local(base.transform(tip))
        if let direction = box.rigidContact(ball: ball, radius: World.tipRadius) {
            return (base.inverse.rotate(box.worldDirection(direction)), true)
        }
        let flap = box.limits(ball: ball, radius: World.tipRadius, wasOutside: &tipOutsideFlap)
        if let side = flap.ceiling.map({ _ in -1.0 }) ?? flap.floor.map({ _ in 1.0 }) {
            let direction = base.inverse.rotate(box.worldDirection(box.flapNormal * side))
            if box.isBeyondStops(floor: flap.floor, ceiling: flap.ceiling) { return (direction, true) }
            let before = box.angle
            box.push(floor: flap.floor, ceiling: flap.ceiling)
            if box.angle != before { return (direction, false) }
        }
        return nil
    }

    // MARK: - Gripping

    private func stepGrip(widthBefore: Double, base: Pose3D) {
        let width = arm.width
        switch grip {
        case .nothing:
            if width < widthBefore { tryToGrip(from: widthBefore, to: width, base: base) }
        case .meal(let offset):
            if width > World.mealWidth + 0.002 || isMealSlippery { dropMeal(at: arm.tool.transform(offset)) }
        case .handle(let offset):
            guard let box = nearBox, width <= BoxBody.handleWidth + 0.002 else { return letGo() }
            let tip = box.local(base.transform(arm.tool.origin))
            if box.carry(grip: tip + offset) > World.gripSlip { letGo() }
        }
    }

    private func letGo() {
        grip = .nothing
        arm.heldWidth = nil
        arm.payload = 0
    }

    /// Closes the fingers on the meal or on the flap's handle if one of them is between them.
    private func tryToGrip(from wide: Double, to narrow: Double, base: Pose3D) {
        guard let box = nearBox else { return }
        let tool = base.composed(with: arm.tool)
        let tip = box.local(tool.origin)
        let out = box.localDirection(tool.xAxis)
        // The fingers must close sideways: a tool that is rolled over meets the handles with its palm.
        guard abs(tool.yAxis.z) < 0.6 else { return }
        if meal == .inBox, wide > World.mealWidth, narrow <= World.mealWidth, tip.x < 0,
            box.plant.flapOpening > 0.5, out.x < -0.64, isBetweenFingers(box.mealPoint, box: box, tool: tool)
        {
            meal = .inGripper
            grip = .meal(offset: tool.inverse.transform(Pose3D(box.face).transform(box.mealPoint)))
            arm.payload = 0.3
            arm.close(on: World.mealWidth)
        } else if wide > BoxBody.handleWidth, narrow <= BoxBody.handleWidth, out.dot(box.flapNormal) < -0.5,
            isBetweenFingers(box.handle, box: box, tool: tool)
        {
            grip = .handle(offset: box.handle - tip)
            arm.close(on: BoxBody.handleWidth)
        }
    }

    private func isBetweenFingers(_ point: Vector3, box: BoxBody, tool: Pose3D) -> Bool {
        let there = tool.inverse.transform(Pose3D(box.face).transform(point))
        return abs(there.x) <= World.gripDepth && abs(there.y) <= World.gripTolerance
            && abs(there.z) <= World.gripTolerance
    }

    /// Lets the meal go with its grip point here (`base_link`).
    private func dropMeal(at point: Vector3) {
        letGo()
        if compartment.catches(grip: point) {
            meal = .inCompartment
            return
        }
        if let box = nearBox {
            let there = box.local(Pose3D(pose).transform(point))
            if there.x < 0, there.x > -BoxBody.depth, abs(there.y) < BoxBody.openingHalfWidth,
                there.z > BoxBody.sill, there.z < BoxBody.lintel
            {
                box.mealPoint = Vector3(there.x, there.y, 0.62)
                meal = .inBox
                return
            }
        }
        meal = .onFloor
    }
}
