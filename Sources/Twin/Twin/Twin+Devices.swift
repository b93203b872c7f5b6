import BoardFile
import DeviceIO
import DeviceProtocols
import RobotModel

extension Twin {
    /// The emulated device of every slot of the board that hangs on a line of its own, in a fixed order: their place
    /// chooses the stream of a line's noise.
    static func devices(_ board: Board, _ world: World, _ boxRadio: BoxRadioDevice) -> [(
        SlotID, PortSettings, any TwinDevice
    )] {
        var devices: [(SlotID, PortSettings, any TwinDevice)] = []
        let first = board.lidar
        devices.append((first.slot, first.port, lidar(first, world)))
        devices.append(("wheels", board.wheels.port, wheels(board.wheels, world)))
        devices.append(("joints", board.joints.port, joints(board.joints, world)))
        if let slot = board.facilities {
            let device = RelayBoxDevice(
                plant: world.facility, unit: UInt8(clamping: slot.unit), isTCP: SerialLine.isNetwork(slot.port.path))
            devices.append(("facilities", slot.port, device))
        }
        devices.append(("box_radio", board.boxRadio.port, boxRadio))
        devices.append(("keypad", board.keypad.port, KeypadDevice(plant: world.keypad)))
        for slot in board.lidars.dropFirst() { devices.append((slot.slot, slot.port, lidar(slot, world))) }
        if let slot = board.jointEncoders {
            devices.append(("joint_encoders", slot.port, encoders(slot, board.joints, world)))
        }
        if let slot = board.battery.monitor { devices.append(("battery", slot.port, battery(slot, world))) }
        if let slot = board.inertial { devices.append(("inertial", slot.port, inertial(slot, world))) }
        return devices
    }

    static func encoder(_ wiring: WheelEncoderSlot.Encoder, _ slot: WheelEncoderSlot) -> QuadratureBody {
        QuadratureBody(
            a: wiring.lineA, b: wiring.lineB, countsPerRevolution: slot.countsPerRevolution,
            isInverted: wiring.inverted)
    }

    private static func lidar(_ slot: LidarSlot, _ world: World) -> any TwinDevice {
        let laser = LaserWorld(world, mount: slot.mount)
        let revolutionsPerSecond = Double(slot.motorRPM) / 60
        switch slot.driver {
        case .rplidar: return RPLIDARDevice(laser: laser)
        case .ld06:
            return LD06Device(
                laser: laser, model: slot.model.flatMap(LD06Model.named) ?? .ld06,
                revolutionsPerSecond: revolutionsPerSecond)
        case .ydlidar:
            return YDLIDARDevice(
                laser: laser, model: slot.model.flatMap(YDLIDARModel.named) ?? .x4, frequency: revolutionsPerSecond)
        case .hesaiXT: return HesaiXTDevice(laser: laser)
        case .hesaiJT16: return HesaiJTDevice(laser: laser)
        case .hokuyo: return HokuyoDevice(laser: laser, parameters: .urg04LX)
        }
    }

    private static func wheels(_ slot: WheelSlot, _ world: World) -> any TwinDevice {
        switch slot.driver {
        case .zlac8015d:
            ZLAC8015DDevice(
                plant: world.wheels, unit: UInt8(clamping: slot.unit), countsPerRevolution: slot.countsPerRevolution,
                leftInverted: slot.leftInverted, rightInverted: slot.rightInverted)
        case .odrive:
            ODriveDevice(plant: world.wheels, leftInverted: slot.leftInverted, rightInverted: slot.rightInverted)
        }
    }

    private static func joints(_ slot: JointSlot, _ world: World) -> any TwinDevice {
        switch slot.driver {
        case .dynamixel: DynamixelBus(servos: world.arm.plants)
        case .feetech: FeetechBus(servos: world.arm.plants)
        }
    }

    private static func encoders(_ slot: JointEncoderSlot, _ joints: JointSlot, _ world: World) -> any TwinDevice {
        switch slot.driver {
        case .amt21:
            AMT21Bus(
                encoders: slot.encoders.map { encoder in
                    // It sits on the servo's own shaft, so sign and offset of the two are the same in the board file.
                    AMT21Bus.Encoder(
                        address: UInt8(clamping: encoder.address), plant: world.arm.servos[encoder.joint])
                })
        }
    }

    private static func battery(_ slot: BatteryMonitorSlot, _ world: World) -> any TwinDevice {
        switch slot.driver {
        case .daly: DalyDevice(plant: world.senses.battery)
        case .jbd: JBDDevice(plant: world.senses.battery)
        }
    }

    private static func inertial(_ slot: InertialSlot, _ world: World) -> any TwinDevice {
        switch slot.driver {
        case .witmotion:
            WitMotionDevice(
                plant: world.senses.inertial, content: [.acceleration, .angularVelocity, .pressure],
                rate: slot.outputRate, seed: world.scenario.seed)
        }
    }
}
