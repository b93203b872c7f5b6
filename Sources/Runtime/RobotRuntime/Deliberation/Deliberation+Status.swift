import BoardFile
import BuildingMap
import Control
import Devices
import Estimation
import Facilities
import Missions
import Realtime
import Reflow
import RobotModel

extension Deliberation {
    /// What follows a step: records it, says what has changed, tells the tick's thread nothing.
    func tell(_ report: TickReport) {
        recorder.record(
            .pose,
            PoseRecord(
                level: localizer.level.rawValue, pose: localizer.pose(odometry: report.odometry),
                odometry: report.odometry, twist: report.twist, localization: localizationName),
            at: now)
        tellFacilities()
        tellSafety(report)
        keepSafety(report)
        if stepCount % 4 == 0 { tellDevices() }
        guard stepCount % Self.rate == 0 else { return }
        recorder.record(.tick, health.section, at: now)
        if report.battery.time > .longAgo {
            recorder.record(.battery, BatterySection(battery(report)), at: now)
        }
    }

    /// What became of the tick's time, handed over by the owner of the loop about once a second.
    func note(_ health: LoopHealth) { self.health = health }

    private func tellFacilities() {
        let doors = desk.doors
        if doors != lastDoors {
            recorder.record(.doors, doorSections, at: now)
            lastDoors = doors
        }
        let lifts = desk.lifts
        if lifts != lastLifts {
            recorder.record(.lifts, liftSections, at: now)
            lastLifts = lifts
        }
    }

    /// Says once what the supervisor does and why, and when it is over.
    private func tellSafety(_ report: TickReport) {
        let safety = report.safety
        defer { lastSafety = safety }
        // Without scans nobody could say where the robot is: that is the LiDAR's trouble. A lift's car needs no pose.
        let missesPose =
            safety.causes.contains(.notLocalized) && !safety.causes.contains(.staleLidar) && !isLocalized
            && !executive.knowsPose(view(of: report, keys: []))
        if let words = safetyNews.look(safety, uptime: now - (started ?? now), missesPose: missesPose) {
            announce(words.text, words.urgency, hint: words.hint)
        }
        if safety.causes.contains(.batteryLow), !lastSafety.causes.contains(.batteryLow) {
            let percent = Int((report.battery.value.stateOfCharge * 100).rounded())
            announce(
                "battery low: \(percent) % left; no further mission is begun before it has been charged", .warning,
                hint: SafetyCauses.batteryLow.hint)
        }
    }

    private func tellDevices() {
        for status in rack.statuses {
            guard lastPhases[status.slot] != status.phase else { continue }
            let before = lastPhases[status.slot]
            lastPhases[status.slot] = status.phase
            safetyNews.note(status.slot, status.phase)
            recorder.record(
                .devices, DeviceRecord(slot: status.slot.rawValue, phase: status.phase.rawValue, fault: status.fault),
                at: now)
            switch status.phase {
            case .running where before != nil:
                let who = status.identity.isEmpty ? "its port is open, nothing has been heard yet" : status.identity
                announce("\(status.slot): in service (\(who))", .info)
            case .degraded: complain(of: status, .warning)
            case .recovering: complain(of: status, .error)
            case .connecting where status.fault != nil && before != nil: complain(of: status, .error)
            default: break
            }
        }
    }

    /// A device's trouble with its slot in front, once.
    private func complain(of status: DeviceStatus, _ urgency: Urgency) {
        let slot = status.slot.rawValue
        guard let fault = status.fault else { return announce("\(slot): \(status.phase.rawValue)", urgency) }
        announce(fault, urgency, lead: fault.what.hasPrefix(slot) ? "" : "\(slot): ")
    }

    /// Everything about the robot at this moment.
    func snapshot() -> RobotStatus {
        let report = channels.report.load()
        var snapshot = RobotStatus(robot: board.name, version: Doorstep.version)
        snapshot.doing = status.step
        snapshot.isIdle = executive.isIdle
        snapshot.isHome = isHome(report)
        snapshot.uptime = now.seconds(since: started ?? now)
        // The pose below is of the moment of the tick's last report.
        snapshot.clock = report.time.seconds(since: .zero)
        if let mission = status.mission {
            let known =
                executive.mission?.id == mission
                ? executive.mission : executive.queue.missions.first { $0.id == mission }
            snapshot.mission = MissionSection(
                id: mission.rawValue, state: status.state?.rawValue ?? "", step: status.step, eta: status.eta,
                promised: status.promised.map { $0.secondsSince1970 - wall.secondsSince1970 },
                priority: known?.priority, place: (known?.deliver.place ?? status.place)?.rawValue ?? "")
        }
        snapshot.queue = executive.queue.missions.map {
            QueuedMission(
                id: $0.id.rawValue, priority: $0.priority, place: $0.deliver.place.rawValue,
                promised: $0.deliver.promised.secondsSince1970 - wall.secondsSince1970)
        }
        snapshot.place = placeSection(report)
        snapshot.tick = health.section
        snapshot.safety.action = "\(report.safety.action)"
        snapshot.safety.causes = report.safety.causes.names
        snapshot.safety.latched = report.safety.latched.names
        snapshot.devices = zip(rack.services, rack.statuses).map { deviceSection($1, port: $0.port) }
        snapshot.doors = doorSections
        snapshot.lifts = liftSections
        snapshot.times = timeSections
        snapshot.joints = jointSections(report)
        snapshot.wheels = WheelSection(report.wheels.value)
        snapshot.gpio.emergencyStop = report.inputs.value.contains(.emergencyStop)
        snapshot.gpio.bumper = report.inputs.value.contains(.bumper)
        snapshot.gpio.lidOpen = report.inputs.value.contains(.lidOpen)
        snapshot.gpio.loaded = report.inputs.value.contains(.loaded)
        snapshot.gpio.unlocked = isUnlocked
        snapshot.battery = BatterySection(battery(report))
        if report.inertial.time > .longAgo { snapshot.inertial = InertialSection(report.inertial.value) }
        snapshot.reflow = reflowSection
        snapshot.announcements = announcements.suffix(20)
        return snapshot
    }

    private var localizationName: String {
        if localizer.isSuspended { return "riding" }
        switch localizer.state {
        case .unknown: return "unknown"
        case .tracking: return "tracking"
        case .lost: return "lost"
        }
    }

    /// The battery as the tick reports it. At the home dock the charger lifts its voltage, and a charge that is told from the
    /// voltage alone would come out too high to start a mission with.
    func battery(_ report: TickReport) -> BatteryState {
        var battery = report.battery.value
        guard report.battery.time > .longAgo, battery.current == nil, board.battery.chargerRise > 0, isHome(report)
        else {
            return battery
        }
        battery.stateOfCharge = DischargeCurve.stateOfCharge(
            battery.voltage - board.battery.chargerRise, board.battery.curve)
        return battery
    }

    private func isHome(_ report: TickReport) -> Bool {
        guard let home = building.place(board.home), home.level == localizer.level else { return false }
        return home.place.position.distance(to: localizer.pose(odometry: report.odometry).position) < 0.5
    }

    private func placeSection(_ report: TickReport) -> PlaceSection {
        var section = PlaceSection()
        let pose = localizer.pose(odometry: report.odometry)
        section.level = localizer.level.rawValue
        section.pose = pose
        section.localization = localizationName
        if case .tracking(let quality) = localizer.state { section.quality = quality }
        if !isLocalized { section.trouble = .lostPose(view(of: report, keys: []), building) }
        section.places = building.places.map(\.place.id.rawValue).sorted()
        section.levels = building.levels.map(\.id.rawValue)
        section.twist = report.twist
        section.distance = report.distance
        section.near =
            building.level(localizer.level)?.places.values.min {
                $0.position.distance(to: pose.position) < $1.position.distance(to: pose.position)
            }?.id.rawValue ?? ""
        let hull = (board.base.length / 2, board.base.width / 2)
        section.clearance =
            obstacles.map { point in
                Point2D(max(0, abs(point.x) - hull.0), max(0, abs(point.y) - hull.1)).length
            }.min() ?? .infinity
        if section.clearance == .infinity { section.clearance = -1 }
        if !executive.isIdle { section.route = route?.path(on: localizer.level) ?? [] }
        return section
    }

    private func deviceSection(_ status: DeviceStatus, port: String) -> DeviceSection {
        DeviceSection(
            slot: status.slot.rawValue, phase: status.phase.rawValue, identity: status.identity, port: port,
            frames: status.counters.frames, bytesIn: status.counters.bytesIn, bytesOut: status.counters.bytesOut,
            checksumErrors: status.counters.checksumErrors, resyncs: status.counters.resyncs,
            timeouts: status.counters.timeouts, reconnects: status.counters.reconnects,
            age: status.lastGood.map { now.seconds(since: $0) }, fault: status.fault)
    }

    private var doorSections: [DoorSection] {
        desk.doors.sorted { $0.key < $1.key }.map {
            DoorSection(id: $0.key.rawValue, mode: "\($0.value.mode)", session: $0.value.session.name)
        }
    }

    private var liftSections: [LiftSection] {
        desk.lifts.sorted { $0.key < $1.key }.map {
            LiftSection(
                id: $0.key.rawValue, level: $0.value.currentLevel?.rawValue ?? "?",
                destination: $0.value.destination?.rawValue ?? "?", door: "\($0.value.door)",
                motion: "\($0.value.motion)", mode: "\($0.value.mode)", session: $0.value.session.name)
        }
    }

    private func jointSections(_ report: TickReport) -> [JointSection] {
        let names = board.joints.arm.joints.map(\.name) + ["gripper"]
        let state = report.joints.value
        return names.indices.map { index in
            JointSection(
                name: names[index], position: state.position[index], velocity: state.velocity[index],
                current: state.current[index], torque: state.torqueOn & (1 << UInt16(index)) != 0,
                alert: state.alerts & (1 << UInt16(index)) != 0)
        }
    }

    private var reflowSection: ReflowSection {
        var section = ReflowSection()
        let statistics = recorder.statistics
        section.recordedBytes = statistics.recordedBytes
        section.acknowledgedBytes = statistics.acknowledgedBytes
        section.messages = statistics.messages
        section.dropped = statistics.dropped
        section.segmentsWaiting = statistics.segmentsWaiting
        section.uplink = statistics.storageFault?.what ?? uplink()
        return section
    }
}

extension Route {
    /// Its part on a level as one polyline.
    fileprivate func path(on level: LevelID) -> [Point2D] {
        steps.flatMap { step -> [Point2D] in
            switch step {
            case .drive(let drive): drive.level == level ? drive.path : []
            case .door(let door):
                door.level == level ? [door.holdPose.position, door.clearPose.position] : []
            case .lift(let lift):
                if level == lift.from {
                    [lift.hallPose.position, lift.cabinPose.position]
                } else if level == lift.to {
                    [lift.cabinPose.position, lift.exitPose.position]
                } else {
                    []
                }
            }
        }
    }
}

/// A pose as it is recorded.
private struct PoseRecord: Encodable {
    var level: String
    var pose: Pose2D
    var odometry: Pose2D
    var twist: Twist2D
    var localization: String
}

/// A device's change of phase as it is recorded.
private struct DeviceRecord: Encodable {
    var slot: String
    var phase: String
    var fault: RobotError?
}

extension FacilitySession {
    /// One word for a table.
    var name: String {
        switch self {
        case .none: "none"
        case .requested: "requested"
        case .granted: "ours"
        case .releasing: "releasing"
        case .failed(let reason): "failed: \(reason)"
        }
    }
}

extension WheelSection {
    init(_ state: WheelState) {
        self.init()
        enabled = state.enabled
        leftPosition = state.leftPosition
        rightPosition = state.rightPosition
        leftVelocity = state.leftVelocity
        rightVelocity = state.rightVelocity
        leftFault = Int(state.leftFault)
        rightFault = Int(state.rightFault)
    }
}
