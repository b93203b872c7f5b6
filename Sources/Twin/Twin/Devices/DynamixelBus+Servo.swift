package import DeviceProtocols
import RobotModel

extension DynamixelBus {
    /// One servo: its control table, between the bus and the plant that moves.
    package struct Servo {
        package let plant: ServoPlant
        package var table: DynamixelControlTable
        private var registered: (address: Int, data: [UInt8])?
        private var lastHeard = Instant.zero
        private var bootEnd: Instant?

        /// How long the firmware takes to start.
        private static let bootTime: Duration = .milliseconds(300)

        init(_ plant: ServoPlant) {
            self.plant = plant
            table = DynamixelControlTable(id: UInt8(clamping: plant.id))
        }

        var id: UInt8 { UInt8(truncatingIfNeeded: table.unsigned(XM430.id)) }
        var returnDelay: Duration { .microseconds(2 * table.unsigned(XM430.returnDelayTime)) }
        var statusReturnLevel: Int { table.unsigned(XM430.statusReturnLevel) }
        var isAlert: Bool { plant.hardwareError != 0 }

        func isAwake(at now: Instant) -> Bool { bootEnd.map { now >= $0 } ?? true }

        /// An instruction packet went over the bus, for whomever: the watchdog is content.
        mutating func hear(at now: Instant) { lastHeard = now }

        /// The bus watchdog and the servo's own protection.
        mutating func advance(to now: Instant) {
            if isAlert, plant.torqueEnabled { setTorque(false) }
            let watchdog = table[XM430.busWatchdog]
            guard watchdog > 0, plant.torqueEnabled, now - lastHeard > .milliseconds(20 * Int64(watchdog)) else {
                return
            }
            // It stops where it is, and takes no goal until the watchdog is set to 0.
            table[XM430.busWatchdog] = -1
            plant.goalPosition = plant.position
            table[XM430.goalPosition] = Self.ticks(plant.position)
        }

        mutating func restart(at now: Instant) {
            table.restart()
            registered = nil
            plant.hardwareError = 0
            plant.torqueEnabled = false
            plant.profileVelocity = 0
            plant.profileAcceleration = 0
            bootEnd = now + Self.bootTime
        }

        /// An instruction for this servo alone; what its status packet says.
        mutating func execute(
            _ packet: DynamixelPacket, at now: Instant
        ) -> (DynamixelStatusError.Code, [UInt8]) {
            let parameters = packet.parameters
            switch packet.instruction {
            case .ping:
                return (
                    .none,
                    table.read(address: 0, count: 2).map { $0 + [UInt8(table.unsigned(XM430.firmwareVersion))] } ?? []
                )
            case .read:
                guard parameters.count == 4 else { return (.dataLength, []) }
                return read(address: word(parameters, 0), count: word(parameters, 2), at: now)
            case .write:
                guard parameters.count > 2 else { return (.dataLength, []) }
                return (write(address: word(parameters, 0), Array(parameters[2...]), at: now), [])
            case .regWrite:
                guard parameters.count > 2 else { return (.dataLength, []) }
                registered = (word(parameters, 0), Array(parameters[2...]))
                table[XM430.registeredInstruction] = 1
                return (.none, [])
            case .action:
                guard let waiting = registered else { return (.instruction, []) }
                registered = nil
                table[XM430.registeredInstruction] = 0
                return (write(address: waiting.address, waiting.data, at: now), [])
            case .reboot:
                restart(at: now)
                return (.none, [])
            case .clear:
                // Clears the multi-turn count; nothing turns so far here.
                return (parameters == [0x01, 0x44, 0x58, 0x4C, 0x22] ? .none : .dataRange, [])
            case .factoryReset:
                guard let option = parameters.first else { return (.dataLength, []) }
                guard !plant.torqueEnabled else { return (.access, []) }
                table = DynamixelControlTable(id: option == 0xFF ? 1 : id)
                return (.none, [])
            default:
                return (.instruction, [])
            }
        }

        mutating func read(address: Int, count: Int, at now: Instant) -> (DynamixelStatusError.Code, [UInt8]) {
            measure(at: now)
            guard let data = table.read(address: address, count: count) else { return (.dataRange, []) }
            return (.none, data)
        }

        mutating func write(address: Int, _ data: [UInt8], at now: Instant) -> DynamixelStatusError.Code {
            let before = table
            let code = table.write(
                address: address, data, torqueOn: plant.torqueEnabled, goalsClosed: table[XM430.busWatchdog] < 0)
            guard code == .none else { return code }
            if table[XM430.torqueEnable] == 1, isAlert {
                // The protection lets no torque on before a restart.
                table = before
                return .resultFail
            }
            plant.profileVelocity = Double(table[XM430.profileVelocity]) * XM430.velocityUnit
            plant.profileAcceleration = Double(table[XM430.profileAcceleration]) * XM430.accelerationUnit
            if table[XM430.busWatchdog] != before[XM430.busWatchdog] { lastHeard = now }
            if table[XM430.torqueEnable] != before[XM430.torqueEnable] { setTorque(table[XM430.torqueEnable] == 1) }
            if plant.torqueEnabled { plant.goalPosition = Self.radians(table[XM430.goalPosition]) }
            return .none
        }

        private mutating func setTorque(_ on: Bool) {
            table[XM430.torqueEnable] = on ? 1 : 0
            plant.torqueEnabled = on
        }

        /// Takes the plant's state into the table.
        private mutating func measure(at now: Instant) {
            if isAlert, plant.torqueEnabled { setTorque(false) }
            table[XM430.torqueEnable] = plant.torqueEnabled ? 1 : 0
            table[XM430.hardwareErrorStatus] = Int32(plant.hardwareError)
            let velocity = Int32(clamping: Int((plant.velocity / XM430.velocityUnit).rounded()))
            table[XM430.presentVelocity] = velocity
            table[XM430.moving] = abs(velocity) > table[XM430.movingThreshold] ? 1 : 0
            table[XM430.presentPosition] = Self.ticks(plant.position)
            table[XM430.presentCurrent] = Int32(Int16(clamping: Int((plant.current / XM430.currentUnit).rounded())))
            table[XM430.presentInputVoltage] = Int32((plant.voltage * 10).rounded())
            table[XM430.presentTemperature] = Int32(plant.temperature.rounded())
            table[XM430.realtimeTick] = Int32(now.nanoseconds / 1_000_000 % 32768)
        }

        private static func ticks(_ radians: Double) -> Int32 {
            Int32(clamping: Int((radians / XM430.radiansPerTick).rounded())) + XM430.centerTick
        }

        private static func radians(_ ticks: Int32) -> Double {
            Double(ticks - XM430.centerTick) * XM430.radiansPerTick
        }

        private func word(_ bytes: [UInt8], _ index: Int) -> Int { Int(bytes[index]) | Int(bytes[index + 1]) << 8 }
    }
}
