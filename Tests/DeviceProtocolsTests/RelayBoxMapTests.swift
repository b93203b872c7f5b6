import DeviceProtocols
import RobotModel
import Testing

@Suite("Register maps of the house's own devices")
struct RelayBoxMapTests {
    private func anyReport(_ random: inout SeededRandom) -> RelayReport {
        let doors = (0..<Int.random(in: 0...16, using: &random)).map { index in
            RelayDoorReport(
                number: index + 1, mode: DoorMode(rawValue: Int.random(in: 0...4, using: &random))!,
                session: UInt16.random(in: .min ... .max, using: &random))
        }
        let lifts = (0..<Int.random(in: 0...8, using: &random)).map { index in
            RelayLiftReport(
                number: index + 1, floor: Int.random(in: 0...99, using: &random),
                destination: Int.random(in: 0...99, using: &random),
                motion: LiftMotion(rawValue: Int.random(in: 0...3, using: &random))!,
                door: DoorMode(rawValue: Int.random(in: 0...4, using: &random))!,
                mode: LiftMode(rawValue: Int.random(in: 0...5, using: &random))!,
                session: UInt16.random(in: .min ... .max, using: &random))
        }
        return RelayReport(doors: doors, lifts: lifts)
    }

    @Test("any state of doors and lifts survives the registers, and fits one request")
    func reportsRoundTrip() {
        var random = SeededRandom(seed: 21)
        for _ in 0..<300 {
            let report = anyReport(&random)
            let registers = RelayBoxMap.registers(report)
            #expect(RelayBoxMap.report(registers) == report)
            let request = RelayBoxMap.statusRequest(doors: report.doors.count, lifts: report.lifts.count)
            #expect(request == .readHolding(address: 0, count: registers.count))
            #expect(registers.count <= ModbusRequest.readLimit)
        }
    }

    @Test(
        "any command survives its write",
        arguments: [
            RelayCommand.door(number: 1, session: 7), .door(number: 16, session: 0),
            .lift(number: 1, session: 9, floor: 3, holdDoor: true),
            .lift(number: 8, session: 0, floor: 0, holdDoor: false),
        ])
    func commandsRoundTrip(command: RelayCommand) throws {
        #expect(RelayBoxMap.command(try #require(RelayBoxMap.request(command))) == command)
    }

    @Test("numbers that the map has no room for make no request")
    func impossibleCommands() {
        #expect(RelayBoxMap.request(.door(number: 0, session: 1)) == nil)
        #expect(RelayBoxMap.request(.door(number: 17, session: 1)) == nil)
        #expect(RelayBoxMap.request(.lift(number: 9, session: 1, floor: 1, holdDoor: false)) == nil)
        #expect(RelayBoxMap.request(.lift(number: 1, session: 1, floor: -1, holdDoor: false)) == nil)
        #expect(RelayBoxMap.command(.write(address: 0x1100, value: 1)) == nil)
        #expect(RelayBoxMap.command(.writeMultiple(address: 0x1102, values: [1, 1, 1])) == nil)
        #expect(RelayBoxMap.command(.readHolding(address: 0, count: 4)) == nil)
    }

    @Test("registers of something else are not taken for a relay box's, and unknown codes are unknown")
    func strangers() {
        #expect(RelayBoxMap.header([0x4452, 2, 1, 1]) == nil)
        #expect(RelayBoxMap.header([1, 1, 1, 1]) == nil)
        #expect(RelayBoxMap.header([0x4452, 1, 17, 0]) == nil)
        #expect(RelayBoxMap.report([0x4452, 1, 1, 0, 0]) == nil)
        #expect(RelayBoxMap.report([0x4452, 1, 1, 0, 77, 5])?.doors.first?.mode == .unknown)
    }

    @Test("a box's state and the commands to it survive the registers")
    func boxRadio() {
        let state = BoxState(
            number: 7, order: 1_204_117, access: .denied, flapOpen: true, latched: false,
            reported: Instant(nanoseconds: 5))
        #expect(BoxRadioMap.state(BoxRadioMap.registers(state), reported: Instant(nanoseconds: 5)) == state)
        for command in [BoxCommand.unlock(code: 0xDEAD_BEEF), .lock] {
            #expect(BoxRadioMap.command(BoxRadioMap.request(command)) == command)
        }
        #expect(BoxRadioMap.state([0, 1, 7, 0, 0, 0, 0, 0], reported: .zero) == nil)
        #expect(BoxRadioMap.command(.writeMultiple(address: 0x10, values: [0, 0, 9])) == nil)
    }

    @Test("the keypad has twelve keys and every other byte is none")
    func keypad() {
        let keys = (UInt8.min ... .max).compactMap(KeypadCode.key)
        #expect(String(keys) == "#*0123456789")
        for key in keys { #expect(KeypadCode.byte(key).flatMap(KeypadCode.key) == key) }
        #expect(KeypadCode.byte("ä") == nil)
        #expect(KeypadCode.byte("A") == nil)
    }
}
