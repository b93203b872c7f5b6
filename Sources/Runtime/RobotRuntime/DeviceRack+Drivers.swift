import BoardFile
import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import StructuredText

// From a slot of the board file to the driver that serves it: the one place that knows every card.
extension DeviceRack {
    static func wheelDriver(_ board: Board, _ channels: TickChannels) -> any DeviceDriver {
        let slot = board.wheels
        switch slot.driver {
        case .zlac8015d:
            return ZLAC8015DDriver(
                ZLAC8015DDriver.Configuration(
                    slot: wheelsSlot, line: SerialLine(slot.port), unit: UInt8(slot.unit), rate: slot.rate,
                    leftInverted: slot.leftInverted, rightInverted: slot.rightInverted,
                    countsPerRevolution: slot.countsPerRevolution, batteryCurve: board.battery.curve),
                setpoint: channels.wheelSetpoint, state: channels.wheels, battery: channels.driveBattery,
                chain: channels.wheelsChain)
        case .odrive:
            return ODriveDriver(
                ODriveDriver.Configuration(
                    slot: wheelsSlot, line: SerialLine(slot.port), rate: slot.rate, leftInverted: slot.leftInverted,
                    rightInverted: slot.rightInverted, batteryCurve: board.battery.curve),
                setpoint: channels.wheelSetpoint, state: channels.wheels, battery: channels.driveBattery,
                chain: channels.wheelsChain)
        }
    }

    /// The driver of a LiDAR, and those of what hangs on ports of its own beside it.
    static func lidarDrivers(
        _ slot: LidarSlot, _ samples: Ring<LaserSample>
    ) throws(RobotError) -> [(driver: any DeviceDriver, port: PortSettings)] {
        let (nearest, farthest, rings) = (slot.minRange, slot.maxRange, [samples])
        switch slot.driver {
        case .rplidar:
            let driver = RPLIDARDriver(
                slot: slot.slot, baudRate: slot.port.baudRate, motorRPM: slot.motorRPM, minRange: nearest,
                maxRange: farthest, samples: rings)
            return [(driver, slot.port)]
        case .ld06:
            let driver = LD06Driver(
                slot: slot.slot, model: try model(slot, LD06Model.all, \.name) ?? .ld06, baudRate: slot.port.baudRate,
                minRange: nearest,
                maxRange: farthest, samples: rings)
            return [(driver, slot.port)]
        case .ydlidar:
            let driver = YDLIDARDriver(
                slot: slot.slot, model: try model(slot, YDLIDARModel.all, \.name), baudRate: slot.port.baudRate,
                minRange: nearest, maxRange: farthest, samples: rings)
            return [(driver, slot.port)]
        case .hokuyo:
            let driver = HokuyoDriver(
                slot: slot.slot, baudRate: slot.port.baudRate, isPaced: !slot.port.path.contains("ttyACM"),
                minRange: nearest, maxRange: farthest, samples: rings)
            return [(driver, slot.port)]
        case .hesaiXT: return try hesaiXT(slot, rings)
        case .hesaiJT16:
            let driver = HesaiJTDriver(
                slot: slot.slot, baudRate: slot.port.baudRate, calibration: try hesaiCalibration(slot, channels: [16]),
                minRange: nearest, maxRange: farthest, samples: rings)
            return [(driver, slot.port)]
        }
    }

    /// A model by the board file's word; nil where it says none. Throws when there is none of that name.
    private static func model<Model>(
        _ slot: LidarSlot, _ models: [Model], _ name: (Model) -> String
    ) throws(RobotError) -> Model? {
        guard let wanted = slot.model else { return nil }
        for model in models where name(model) == wanted { return model }
        throw RobotError(
            .invalidFile, "lidars.\(slot.slot).model is '\(wanted)'",
            expected: "one of " + models.map { "'\(name($0))'" }.joined(separator: ", "))
    }

    /// The angles of its channels come from a file, else from the device's own command port, else from the data sheet.
    private static func hesaiXT(
        _ slot: LidarSlot, _ rings: [Ring<LaserSample>]
    ) throws(RobotError) -> [(driver: any DeviceDriver, port: PortSettings)] {
        func driver(_ angles: HesaiXTDriver.AngleSource) -> any DeviceDriver {
            HesaiXTDriver(
                slot: slot.slot, angles: angles, minRange: slot.minRange, maxRange: slot.maxRange, samples: rings)
        }
        if let calibration = try hesaiCalibration(slot, channels: [16, 32]) {
            return [(driver(.file(calibration)), slot.port)]
        }
        // udp:2368@192.168.1.201 names the device; udp:2368 takes whoever sends.
        guard let at = slot.port.path.lastIndex(of: "@") else { return [(driver(.nominal), slot.port)] }
        let device = slot.port.path[slot.port.path.index(after: at)...]
        let box = HesaiCalibrationBox()
        return [
            (driver(.device(box)), slot.port),
            (
                HesaiPTCDriver(slot: SlotID("\(slot.slot)_ptc"), box: box),
                PortSettings(path: "tcp:\(device):9347", baudRate: 1)
            ),
        ]
    }

    /// The file that the slot names; nil where it names none.
    private static func hesaiCalibration(
        _ slot: LidarSlot, channels: [Int]
    ) throws(RobotError) -> HesaiCalibration? {
        guard let path = slot.calibration else { return nil }
        let text: String
        do throws(FileProblems) {
            text = try readTextFile(path, limit: 1 << 20)
        } catch {
            throw error.errors[0]
        }
        let calibration: HesaiCalibration
        do throws(HesaiCalibration.Problem) {
            calibration = try HesaiCalibration(text: text)
        } catch {
            throw RobotError(
                .invalidFile, error.what, at: SourceLocation(file: path, line: max(1, error.line), column: 1),
                expected: "the maker's calibration file: channel, elevation, azimuth in degrees")
        }
        guard channels.contains(calibration.count) else {
            throw RobotError(
                .invalidFile, "\(path) has \(calibration.count) channels",
                expected: channels.map(String.init).joined(separator: " or ") + " of a \(slot.driver.rawValue)",
                hint: "is it the file of another model?")
        }
        return calibration
    }

    static func jointDriver(_ slot: JointSlot, _ channels: TickChannels) -> any DeviceDriver {
        let arm = slot.arm.joints.indices.map { index in
            BusJoint(
                name: slot.arm.joints[index].name, id: UInt8(slot.ids[index]), sign: slot.signs[index],
                offset: slot.offsets[index])
        }
        let joints =
            arm + slot.held.map { BusJoint(name: $0.name, id: UInt8($0.id), sign: $0.sign, offset: $0.offset) }
        let gripper = BusGripper(
            id: UInt8(slot.gripper.id), closedWidth: slot.gripper.closedWidth,
            widthPerRadian: slot.gripper.widthPerRadian)
        switch slot.driver {
        case .dynamixel:
            return DynamixelDriver(
                slot: "joints", baudRate: slot.port.baudRate, rate: slot.rate, joints: joints, gripper: gripper,
                busWatchdog: slot.busWatchdog, states: channels.joints, setpoints: channels.jointSetpoint,
                chain: channels.jointsChain)
        case .feetech:
            return FeetechDriver(
                slot: "joints", baudRate: slot.port.baudRate, rate: slot.rate, joints: joints, gripper: gripper,
                states: channels.joints, setpoints: channels.jointSetpoint, chain: channels.jointsChain)
        }
    }

    static func wheelEncoders(
        _ slot: WheelEncoderSlot, _ gpio: any GPIOLineOpening, _ states: LatestValue<Stamped<WheelState>>
    ) -> QuadratureEncoders {
        func encoder(_ side: String, _ wiring: WheelEncoderSlot.Encoder) -> QuadratureEncoders.Encoder {
            func line(_ track: String, _ number: Int) -> GPIORequest {
                GPIORequest(role: "\(side)_\(track)", chip: slot.chip, line: number, direction: .input)
            }
            return QuadratureEncoders.Encoder(
                a: line("a", wiring.lineA), b: line("b", wiring.lineB), countsPerRevolution: slot.countsPerRevolution,
                isInverted: wiring.inverted)
        }
        return QuadratureEncoders(
            slot: "wheel_encoders", left: encoder("left", slot.left), right: encoder("right", slot.right),
            opener: gpio, state: states)
    }

    static func encoderDriver(
        _ slot: JointEncoderSlot, _ joints: JointSlot, _ states: LatestValue<Stamped<EncoderState>>
    ) -> any DeviceDriver {
        switch slot.driver {
        case .amt21:
            AMT21Driver(
                slot: "joint_encoders", baudRate: slot.port.baudRate, rate: slot.rate,
                encoders: slot.encoders.map {
                    AMT21Driver.Encoder(
                        name: joints.arm.joints[$0.joint].name, address: UInt8($0.address), sign: $0.sign,
                        offset: $0.offset)
                }, states: states)
        }
    }

    static func batteryDriver(
        _ slot: BatteryMonitorSlot, _ states: LatestValue<Stamped<BatteryState>>
    ) -> any DeviceDriver {
        let kind: BatteryDriver.Kind =
            switch slot.driver {
            case .daly: .daly
            case .jbd: .jbd
            }
        return BatteryDriver(
            BatteryDriver.Configuration(slot: "battery", kind: kind, baudRate: slot.port.baudRate),
            battery: states)
    }

    static func inertialDriver(
        _ slot: InertialSlot, _ states: LatestValue<Stamped<InertialState>>
    ) -> any DeviceDriver {
        switch slot.driver {
        case .witmotion:
            WitMotionDriver(
                WitMotionDriver.Configuration(
                    slot: "inertial", baudRate: slot.port.baudRate, outputRate: slot.outputRate, yaw: slot.yaw,
                    pitch: slot.pitch, roll: slot.roll),
                inertia: states)
        }
    }
}
