import DeviceProtocols
package import RobotModel

/// The relay box as its line sees it: the registers of `RelayBoxMap` over the building's doors and lifts, in Modbus RTU or
/// Modbus TCP.
package final class RelayBoxDevice: TwinDevice {
    /// The session of whoever steals others' in a fault.
    private static let thief: UInt16 = 0xFFFE

    private let plant: FacilityPlant
    private let unit: UInt8
    private var decoder = ModbusRequestDecoder(silence: .milliseconds(5))
    private var tcpDecoder: ModbusTCPDecoder?
    private var answers: [UInt8] = []
    /// When each session was last refreshed, by door and lift number.
    private var doorRefresh: [Int: Instant] = [:]
    private var liftRefresh: [Int: Instant] = [:]

    /// - Parameter isTCP: It is reached over a TCP connection.
    package init(plant: FacilityPlant, unit: UInt8, isTCP: Bool = false) {
        self.plant = plant
        self.unit = unit
        tcpDecoder = isTCP ? ModbusTCPDecoder() : nil
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        guard let frames = tcpDecoder?.receive(bytes) else {
            for frame in decoder.receive(bytes, at: now) { answers += answer(frame, at: now) ?? [] }
            return
        }
        for frame in frames {
            var decoder = ModbusRequestDecoder(silence: .zero)
            for asked in decoder.receive(frame.serialFrame[...], at: now) {
                guard let answer = answer(asked, at: now) else { continue }
                answers += ModbusTCPFrame(transaction: frame.transaction, serialFrame: answer).bytes
            }
        }
    }

    /// The answer to a frame as a serial line has it; nil where it is for another unit.
    private func answer(_ frame: ModbusServerFrame, at now: Instant) -> [UInt8]? {
        guard frame.unit == unit else { return nil }
        return switch frame.content {
        case .request(let request): answer(request, at: now).frame(unit: unit)
        case .refused(let exception, let function):
            ModbusResponse.exception(exception, function: function).frame(unit: unit)
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        dropSessions(at: now)
        output += answers
        answers.removeAll(keepingCapacity: true)
    }

    private func dropSessions(at now: Instant) {
        for door in plant.doors where door.isStolen { door.session = Self.thief }
        for lift in plant.lifts where lift.isStolen {
            lift.session = Self.thief
            lift.holdDoor = false
        }
        for door in plant.doors where door.session != 0 && !door.isStolen {
            let isOld = now - (doorRefresh[door.number] ?? .zero) > RelayBoxMap.sessionTimeout
            if isOld || door.mode == .offline { door.session = 0 }
        }
        for lift in plant.lifts where lift.session != 0 && !lift.isStolen {
            let isOld = now - (liftRefresh[lift.number] ?? .zero) > RelayBoxMap.sessionTimeout
            if isOld || lift.mode != .agv { end(lift) }
        }
    }

    private func end(_ lift: LiftPlant) {
        lift.session = 0
        lift.holdDoor = false
    }

    private func answer(_ request: ModbusRequest, at now: Instant) -> ModbusResponse {
        let function = request.function.rawValue
        switch request {
        case .readHolding(let address, let count):
            let registers = RelayBoxMap.registers(report)
            guard Int(address) + count <= registers.count else {
                return .exception(.illegalAddress, function: function)
            }
            return .registers(Array(registers[Int(address)..<Int(address) + count]), function: .readHolding)
        case .readInput:
            return .exception(.illegalFunction, function: function)
        case .write(let address, let value):
            guard perform(request, at: now) else { return .exception(.illegalAddress, function: function) }
            return .wrote(address: address, value: value)
        case .writeMultiple(let address, let values):
            guard perform(request, at: now) else { return .exception(.illegalAddress, function: function) }
            return .wroteMultiple(address: address, count: values.count)
        }
    }

    /// Doors and lifts by number, as the plant holds them.
    private var report: RelayReport {
        RelayReport(
            doors: plant.doors.map { RelayDoorReport(number: $0.number, mode: $0.mode, session: $0.session) },
            lifts: plant.lifts.map {
                RelayLiftReport(
                    number: $0.number, floor: $0.floor, destination: $0.destination, motion: $0.motion, door: $0.door,
                    mode: $0.mode, session: $0.session)
            })
    }

    /// Carries out a write; false when there is no such door or lift.
    private func perform(_ request: ModbusRequest, at now: Instant) -> Bool {
        switch RelayBoxMap.command(request) {
        case .door(let number, let session):
            guard let door = plant.doors.first(where: { $0.number == number }) else { return false }
            if session == 0 {
                door.session = 0
            } else if door.mode != .offline, door.session == 0 || door.session == session {
                door.session = session
                doorRefresh[number] = now
            }
        case .lift(let number, let session, let floor, let holdDoor):
            guard let lift = plant.lifts.first(where: { $0.number == number }) else { return false }
            if session == 0 {
                end(lift)
            } else if lift.mode == .agv, lift.session == 0 || lift.session == session {
                lift.session = session
                lift.destination = floor
                lift.holdDoor = holdDoor
                liftRefresh[number] = now
            }
        case nil: return false
        }
        return true
    }
}
