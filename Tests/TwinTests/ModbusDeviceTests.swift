import DeviceProtocols
import RobotModel
import Testing
import Twin

/// Puts requests to an emulated device without a line in between.
private func ask(_ device: any TwinDevice, _ request: ModbusRequest, unit: UInt8, at now: Instant) -> ModbusResponse? {
    var output: [UInt8] = []
    device.receive(request.frame(unit: unit)[...], at: now)
    device.advance(to: now, output: &output)
    var decoder = ModbusResponseDecoder()
    decoder.expect(request, from: unit)
    return decoder.receive(output[...])
}

@Suite("Emulated wheel drive")
struct ZLAC8015DDeviceTests {
    private let plant = WheelPlant()
    private let device: ZLAC8015DDevice

    init() {
        device = ZLAC8015DDevice(
            plant: plant, unit: 1, countsPerRevolution: 4096, leftInverted: false, rightInverted: true)
    }

    private func write(_ register: ZLAC8015DRegister, _ value: UInt16, at now: Instant = .zero) -> ModbusResponse? {
        ask(device, .write(address: register.rawValue, value: value), unit: 1, at: now)
    }

    private func run(from start: Instant, milliseconds: Int) -> Instant {
        var output: [UInt8] = []
        var now = start
        for _ in 0..<milliseconds {
            now += .milliseconds(1)
            device.advance(to: now, output: &output)
        }
        return now
    }

    @Test("motors get power only in velocity mode and without faults")
    func enabling() {
        _ = write(.control, 8)
        #expect(!plant.enabled)
        _ = write(.mode, 3)
        plant.leftFault = 0x200
        _ = write(.control, 8)
        #expect(!plant.enabled)
        _ = write(.control, 6)
        #expect(plant.leftFault == 0)
        _ = write(.control, 8)
        #expect(plant.enabled)
        _ = write(.control, 7)
        #expect(!plant.enabled)
    }

    @Test("set-points follow the ramps, in the direction that the motor is mounted")
    func ramps() {
        _ = write(.mode, 3)
        _ = ask(device, .writeMultiple(address: 0x2080, values: [1000, 1000, 500, 500]), unit: 1, at: .zero)
        _ = write(.control, 8)
        _ = ask(
            device, .writeMultiple(address: 0x2088, values: [100, UInt16(bitPattern: -100)]), unit: 1, at: .zero)
        var now = run(from: .zero, milliseconds: 250)
        let quarter = ZLAC8015DUnits.radiansPerSecond(rpm: 50)
        #expect(abs(plant.targetLeft - quarter) < 0.1)
        #expect(abs(plant.targetRight - quarter) < 0.1)
        now = run(from: now, milliseconds: 500)
        #expect(abs(plant.targetLeft - 2 * quarter) < 1e-9)
        _ = write(.control, 5, at: now)
        #expect(run(from: now, milliseconds: 1) > now)
        #expect(plant.targetLeft == 0 && plant.targetRight == 0)
        #expect(plant.enabled, "an emergency stop brakes with power")
    }

    @Test("the drive stops by itself when its master is silent for the time that was set")
    func watchdog() {
        _ = write(.mode, 3)
        _ = write(.communicationTimeout, 200)
        _ = ask(device, .writeMultiple(address: 0x2080, values: [1, 1, 1, 1]), unit: 1, at: .zero)
        _ = write(.control, 8)
        _ = ask(device, .writeMultiple(address: 0x2088, values: [60, 60]), unit: 1, at: .zero)
        let now = run(from: .zero, milliseconds: 199)
        #expect(plant.targetLeft > 6)
        _ = run(from: now, milliseconds: 3)
        #expect(plant.targetLeft == 0)
    }

    @Test("measured values are in the drive's units")
    func feedback() throws {
        plant.leftPosition = 2 * .pi
        plant.rightPosition = 2 * .pi
        plant.leftVelocity = 2 * .pi
        plant.leftCurrent = 1.5
        plant.busVoltage = 24.37
        let read = ask(device, ZLAC8015DFeedback.request, unit: 1, at: .zero)
        guard case .registers(let registers, _) = read else {
            Issue.record("no answer")
            return
        }
        let feedback = try #require(ZLAC8015DFeedback(registers: registers))
        #expect(feedback.leftPosition == 4096)
        #expect(feedback.rightPosition == -4096)
        #expect(feedback.leftSpeed == 600)
        #expect(
            ask(device, .readHolding(address: 0x20AD, count: 1), unit: 1, at: .zero)
                == .registers([15], function: .readHolding))
        #expect(
            ask(device, .readHolding(address: 0x20A1, count: 1), unit: 1, at: .zero)
                == .registers([2437], function: .readHolding))
    }

    @Test("what makes no sense is refused, and a refused write changes nothing")
    func exceptions() {
        func exception(_ request: ModbusRequest) -> ModbusException? {
            guard case .exception(let exception, _) = ask(device, request, unit: 1, at: .zero) else { return nil }
            return exception
        }
        #expect(exception(.readHolding(address: 0x20A0, count: 1)) == .illegalAddress)
        #expect(exception(.readHolding(address: 0xFFFF, count: 2)) == .illegalAddress)
        #expect(exception(.readInput(address: 0x20A1, count: 1)) == .illegalFunction)
        #expect(exception(.write(address: 0x20A1, value: 1)) == .illegalAddress)
        #expect(exception(.write(address: 0x200D, value: 9)) == .illegalValue)
        #expect(exception(.write(address: 0x2088, value: 3001)) == .illegalValue)
        #expect(exception(.writeMultiple(address: 0x2088, values: [10, 4000])) == .illegalValue)
        #expect(
            ask(device, .readHolding(address: 0x2088, count: 2), unit: 1, at: .zero)
                == .registers([0, 0], function: .readHolding))
    }

    @Test("other units are not answered, and a broadcast is obeyed in silence")
    func units() {
        #expect(ask(device, .readHolding(address: 0x200D, count: 1), unit: 2, at: .zero) == nil)
        var output: [UInt8] = []
        device.receive(ModbusRequest.write(address: 0x200D, value: 3).frame(unit: 0)[...], at: .zero)
        device.advance(to: .zero, output: &output)
        #expect(output == [])
        #expect(
            ask(device, .readHolding(address: 0x200D, count: 1), unit: 1, at: .zero)
                == .registers([3], function: .readHolding))
    }

    @Test("switched off and on, the drive counts from zero, has no settings, and is deaf while it starts")
    func powerCycle() {
        _ = write(.mode, 3)
        plant.leftPosition = 100
        device.powerCycle(at: .zero)
        let mode = ModbusRequest.readHolding(address: 0x200D, count: 1)
        #expect(ask(device, mode, unit: 1, at: Instant.zero + .milliseconds(100)) == nil)
        let later = Instant.zero + .milliseconds(400)
        #expect(ask(device, mode, unit: 1, at: later) == .registers([0], function: .readHolding))
        #expect(
            ask(device, .readHolding(address: 0x20A7, count: 2), unit: 1, at: later)
                == .registers([0, 0], function: .readHolding))
    }
}

@Suite("Emulated relay box")
struct RelayBoxDeviceTests {
    private let plant = FacilityPlant()
    private let device: RelayBoxDevice

    init() {
        plant.doors = [DoorPlant(number: 1)]
        plant.lifts = [LiftPlant(number: 1)]
        device = RelayBoxDevice(plant: plant, unit: 10)
    }

    private func send(_ command: RelayCommand, at now: Instant = .zero) throws -> ModbusResponse? {
        ask(device, try #require(RelayBoxMap.request(command)), unit: 10, at: now)
    }

    @Test("a door that somebody holds is not taken over, and is free once it is given back")
    func exclusiveDoor() throws {
        _ = try send(.door(number: 1, session: 5))
        _ = try send(.door(number: 1, session: 6))
        #expect(plant.doors[0].session == 5)
        _ = try send(.door(number: 1, session: 0))
        _ = try send(.door(number: 1, session: 6))
        #expect(plant.doors[0].session == 6)
    }

    @Test("a lift in fire, human or offline mode serves nobody", arguments: [LiftMode.fire, .human, .offline])
    func liftModes(mode: LiftMode) throws {
        _ = try send(.lift(number: 1, session: 5, floor: 2, holdDoor: true))
        #expect(plant.lifts[0].session == 5)
        plant.lifts[0].mode = mode
        var output: [UInt8] = []
        device.advance(to: .zero, output: &output)
        #expect(plant.lifts[0].session == 0)
        #expect(!plant.lifts[0].holdDoor)
        _ = try send(.lift(number: 1, session: 5, floor: 2, holdDoor: true))
        #expect(plant.lifts[0].session == 0)
    }

    @Test("a stolen session is somebody else's until the fault is over, and then free")
    func stolen() throws {
        _ = try send(.lift(number: 1, session: 5, floor: 2, holdDoor: true))
        plant.lifts[0].isStolen = true
        plant.doors[0].isStolen = true
        var output: [UInt8] = []
        device.advance(to: .zero + .seconds(60), output: &output)
        #expect(plant.lifts[0].session == 0xFFFE)
        #expect(plant.doors[0].session == 0xFFFE)
        _ = try send(.lift(number: 1, session: 5, floor: 2, holdDoor: true), at: .zero + .seconds(60))
        #expect(plant.lifts[0].session == 0xFFFE)
        plant.lifts[0].isStolen = false
        plant.doors[0].isStolen = false
        device.advance(to: .zero + .seconds(61), output: &output)
        #expect(plant.lifts[0].session == 0)
        #expect(plant.doors[0].session == 0)
    }

    @Test("numbers that the box does not have are refused")
    func unknownNumbers() throws {
        #expect(
            try send(.door(number: 2, session: 5)) == .exception(.illegalAddress, function: 6))
        #expect(
            try send(.lift(number: 2, session: 5, floor: 1, holdDoor: false))
                == .exception(.illegalAddress, function: 16))
        #expect(
            ask(device, .readHolding(address: 0, count: 50), unit: 10, at: .zero)
                == .exception(.illegalAddress, function: 3))
    }
}
