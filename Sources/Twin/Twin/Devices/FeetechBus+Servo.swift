package import DeviceProtocols
import RobotModel

extension FeetechBus {
    /// One servo: its memory, between the bus and the plant that moves.
    package struct Servo {
        package let plant: ServoPlant
        package var memory: FeetechMemory
        private var registered: (address: Int, data: [UInt8])?
        private var bootEnd: Instant?

        /// How long the firmware takes to start.
        private static let bootTime: Duration = .milliseconds(200)

        init(_ plant: ServoPlant) {
            self.plant = plant
            memory = FeetechMemory(id: UInt8(clamping: plant.id))
            measure()
        }

        var id: UInt8 { UInt8(truncatingIfNeeded: memory[STS.id]) }

        /// The plant's trouble (Dynamixel's bits) in Feetech's.
        var status: FeetechStatus {
            let bits = plant.hardwareError
            var status: FeetechStatus = []
            if bits & 0x01 != 0 { status.insert(.voltage) }
            if bits & 0x04 != 0 { status.insert(.temperature) }
            if bits & 0x08 != 0 { status.insert(.encoder) }
            if bits & 0x10 != 0 { status.insert(.current) }
            if bits & 0x20 != 0 { status.insert(.overload) }
            return status
        }

        func isAwake(at now: Instant) -> Bool { bootEnd.map { now >= $0 } ?? true }

        /// The servo's own protection.
        mutating func advance() {
            if !status.isEmpty, plant.torqueEnabled { setTorque(false) }
        }

        mutating func restart(at now: Instant) {
            memory.restart()
            registered = nil
            plant.torqueEnabled = false
            plant.hardwareError = 0
            applyProfile()
            bootEnd = now + Self.bootTime
        }

        /// An instruction for this servo; the data of its answer, or nil when it does not understand.
        mutating func execute(
            _ instruction: FeetechPacket.Instruction, _ parameters: [UInt8], at now: Instant
        ) -> [UInt8]? {
            switch instruction {
            case .ping: return []
            case .read:
                guard parameters.count == 2 else { return nil }
                return read(Int(parameters[0]), Int(parameters[1]))
            case .write:
                guard parameters.count > 1 else { return nil }
                write(Int(parameters[0]), Array(parameters[1...]))
                return []
            case .regWrite:
                guard parameters.count > 1 else { return nil }
                registered = (Int(parameters[0]), Array(parameters[1...]))
                memory[STS.registeredWrite] = 1
                return []
            case .action:
                if let waiting = registered { write(waiting.address, waiting.data) }
                registered = nil
                memory[STS.registeredWrite] = 0
                return []
            case .factoryReset:
                memory = FeetechMemory(id: id)
                setTorque(false)
                return []
            case .reboot:
                restart(at: now)
                return nil
            case .syncRead, .syncWrite: return nil
            }
        }

        mutating func read(_ address: Int, _ count: Int) -> [UInt8]? {
            measure()
            return memory.read(address: address, count: count)
        }

        mutating func write(_ address: Int, _ data: [UInt8]) {
            let before = memory
            memory.write(address: address, data)
            applyProfile()
            let touchesTorque = (address..<address + data.count).contains(Int(STS.torqueEnable.address))
            if touchesTorque {
                if memory[STS.torqueEnable] == 0 {
                    // Overload and overcurrent are held until the torque is taken away; the rest goes with its cause.
                    plant.hardwareError &= ~0x30
                    setTorque(false)
                } else if status.isEmpty {
                    setTorque(true)
                } else {
                    memory[STS.torqueEnable] = before[STS.torqueEnable]
                }
            }
            if plant.torqueEnabled {
                let lower = memory[STS.minimumPosition]
                let upper = memory[STS.maximumPosition]
                let goal = memory[STS.goalPosition]
                plant.goalPosition = Self.radians(lower < upper ? min(upper, max(lower, goal)) : goal)
            }
        }

        private mutating func setTorque(_ on: Bool) {
            memory[STS.torqueEnable] = on ? 1 : 0
            plant.torqueEnabled = on
        }

        private func applyProfile() {
            plant.profileVelocity = Double(memory[STS.goalSpeed]) * STS.radiansPerStep
            plant.profileAcceleration =
                Double(memory[STS.acceleration]) * STS.accelerationUnit * STS.radiansPerStep
        }

        /// Takes the plant's state into the memory.
        private mutating func measure() {
            memory[STS.torqueEnable] = plant.torqueEnabled ? 1 : 0
            memory[STS.presentPosition] =
                Int((plant.position / STS.radiansPerStep).rounded()) + STS.centerStep
            let speed = Int((plant.velocity / STS.radiansPerStep).rounded())
            memory[STS.presentSpeed] = speed
            memory[STS.moving] = abs(speed) > 10 ? 1 : 0
            memory[STS.presentCurrent] = Int((plant.current / STS.currentUnit).rounded())
            // Its motor stalls at 2.7 A, at full duty.
            memory[STS.presentLoad] = Int((min(1, max(-1, plant.current / 2.7)) * 1000).rounded())
            memory[STS.presentVoltage] = Int((plant.voltage * 10).rounded())
            memory[STS.presentTemperature] = Int(plant.temperature.rounded())
            memory[STS.status] = Int(status.rawValue)
        }

        private static func radians(_ steps: Int) -> Double { Double(steps - STS.centerStep) * STS.radiansPerStep }
    }
}
