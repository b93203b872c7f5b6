public import RobotModel

/// Holding registers of the relay box, the house's own Modbus device for a building's doors and lifts (19 200 8N1).
///
/// Status block, read only, all of it in one request of `4 + 2 × doors + 6 × lifts` registers from 0x0000:
///
///     0x0000  0x4452 ("DR")
///     0x0001  version of this map: 1
///     0x0002  number of doors, 0...16
///     0x0003  number of lifts, 0...8
///     then for each door:  mode (DoorMode) · session that holds it (0: none)
///     then for each lift:  current floor · destination floor · motion (LiftMotion) · car door (DoorMode) ·
///                          mode (LiftMode) · session that it serves (0: none)
///
/// Command block, write only:
///
///     0x1000 + (door − 1)       session that wants the door open; 0 gives it back
///     0x1100 + 4 × (lift − 1)   session · destination floor · hold the door (0 or 1), in one write of three registers
///
/// A session is granted when nobody else holds the door or lift, and shown in the status block; otherwise the write is
/// taken and changes nothing. Writing the same session again refreshes it; the box drops a session that is not refreshed
/// for 10 s. Offline doors and lifts, and lifts in fire, emergency or human mode, grant nothing.
public enum RelayBoxMap {
    public static let magic: UInt16 = 0x4452
    public static let version: UInt16 = 1
    public static let doorLimit = 16
    public static let liftLimit = 8
    /// Sessions that are not refreshed for this long are dropped by the box.
    public static let sessionTimeout: Duration = .seconds(10)

    static let headerCount = 4
    static let doorCount = 2
    static let liftCount = 6
    public static let doorCommandBase: UInt16 = 0x1000
    public static let liftCommandBase: UInt16 = 0x1100
    public static let liftCommandStride: UInt16 = 4

    /// Reads how many doors and lifts there are.
    public static let headerRequest = ModbusRequest.readHolding(address: 0, count: headerCount)

    /// Reads the whole status block.
    public static func statusRequest(doors: Int, lifts: Int) -> ModbusRequest {
        .readHolding(address: 0, count: headerCount + doors * doorCount + lifts * liftCount)
    }

    /// How many doors and lifts the header names; nil if it is not a relay box's.
    public static func header(_ registers: [UInt16]) -> (doors: Int, lifts: Int)? {
        guard registers.count >= headerCount, registers[0] == magic, registers[1] == version else { return nil }
        let doors = Int(registers[2])
        let lifts = Int(registers[3])
        guard doors <= doorLimit, lifts <= liftLimit else { return nil }
        return (doors, lifts)
    }

    /// The status block in words; nil if it is not a relay box's, or too short. Unknown codes become `.unknown`.
    public static func report(_ registers: [UInt16]) -> RelayReport? {
        guard let (doors, lifts) = header(registers),
            registers.count == headerCount + doors * doorCount + lifts * liftCount
        else { return nil }
        var report = RelayReport()
        var index = headerCount
        for door in 0..<doors {
            let mode = DoorMode(rawValue: Int(registers[index])) ?? .unknown
            report.doors.append(RelayDoorReport(number: door + 1, mode: mode, session: registers[index + 1]))
            index += doorCount
        }
        for lift in 0..<lifts {
            report.lifts.append(
                RelayLiftReport(
                    number: lift + 1, floor: Int(registers[index]), destination: Int(registers[index + 1]),
                    motion: LiftMotion(rawValue: Int(registers[index + 2])) ?? .unknown,
                    door: DoorMode(rawValue: Int(registers[index + 3])) ?? .unknown,
                    mode: LiftMode(rawValue: Int(registers[index + 4])) ?? .unknown, session: registers[index + 5]))
            index += liftCount
        }
        return report
    }

    /// The status block's registers, as the box sends them. Doors and lifts are numbered from 1 without gaps.
    public static func registers(_ report: RelayReport) -> [UInt16] {
        var registers = [magic, version, UInt16(report.doors.count), UInt16(report.lifts.count)]
        for door in report.doors {
            registers += [UInt16(door.mode.rawValue), door.session]
        }
        for lift in report.lifts {
            registers += [
                UInt16(clamping: lift.floor), UInt16(clamping: lift.destination), UInt16(lift.motion.rawValue),
                UInt16(lift.door.rawValue), UInt16(lift.mode.rawValue), lift.session,
            ]
        }
        return registers
    }

    /// The write that carries a command; nil for a door, lift or floor number that the map has no room for.
    public static func request(_ command: RelayCommand) -> ModbusRequest? {
        switch command {
        case .door(let number, let session):
            guard (1...doorLimit).contains(number) else { return nil }
            return .write(address: doorCommandBase + UInt16(number - 1), value: session)
        case .lift(let number, let session, let floor, let holdDoor):
            guard (1...liftLimit).contains(number), (0...Int(UInt16.max)).contains(floor) else { return nil }
            return .writeMultiple(
                address: liftCommandBase + liftCommandStride * UInt16(number - 1),
                values: [session, UInt16(floor), holdDoor ? 1 : 0])
        }
    }

    /// The command that a write carries, as the box reads it; nil if it is none.
    public static func command(_ request: ModbusRequest) -> RelayCommand? {
        let address: UInt16
        let values: [UInt16]
        switch request {
        case .write(let at, let value): (address, values) = (at, [value])
        case .writeMultiple(let at, let several): (address, values) = (at, several)
        case .readHolding, .readInput: return nil
        }
        if values.count == 1, address >= doorCommandBase, address < doorCommandBase + UInt16(doorLimit) {
            return .door(number: Int(address - doorCommandBase) + 1, session: values[0])
        }
        if values.count == 3, address >= liftCommandBase, (address - liftCommandBase) % liftCommandStride == 0,
            Int((address - liftCommandBase) / liftCommandStride) < liftLimit, values[2] <= 1
        {
            return .lift(
                number: Int((address - liftCommandBase) / liftCommandStride) + 1, session: values[0],
                floor: Int(values[1]), holdDoor: values[2] == 1)
        }
        return nil
    }
}
