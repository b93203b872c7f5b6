import DeviceProtocols
package import RobotModel

/// The delivery box behind its radio modem: the registers of `BoxRadioMap`, and nothing at all out of range.
package final class BoxRadioDevice: TwinDevice {
    /// The flap reports "open" above this opening.
    private static let open = 0.1

    /// Whether the robot's modem and the box's hear each other.
    package var inRange = false

    private let plant: BoxPlant
    private let unit: UInt8
    private var decoder = ModbusRequestDecoder(silence: .milliseconds(8))
    private var answers: [UInt8] = []

    package init(plant: BoxPlant, unit: UInt8) {
        self.plant = plant
        self.unit = unit
    }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        guard inRange else { return }
        for frame in decoder.receive(bytes, at: now) where frame.unit == unit {
            let response =
                switch frame.content {
                case .request(let request): answer(request, at: now)
                case .refused(let exception, let function): ModbusResponse.exception(exception, function: function)
                }
            answers += response.frame(unit: unit)
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        plant.moveLatch()
        if inRange { output += answers }
        answers.removeAll(keepingCapacity: true)
    }

    private func answer(_ request: ModbusRequest, at now: Instant) -> ModbusResponse {
        let function = request.function.rawValue
        switch request {
        case .readHolding(let address, let count):
            let registers = BoxRadioMap.registers(
                BoxState(
                    number: plant.number, order: plant.order, access: plant.access,
                    flapOpen: plant.flapOpening > Self.open, latched: plant.latched, reported: now))
            guard Int(address) + count <= registers.count else {
                return .exception(.illegalAddress, function: function)
            }
            return .registers(Array(registers[Int(address)..<Int(address) + count]), function: .readHolding)
        case .writeMultiple(let address, let values):
            guard address == BoxRadioMap.commandAddress, values.count == 3 else {
                return .exception(.illegalAddress, function: function)
            }
            guard let command = BoxRadioMap.command(request) else {
                return .exception(.illegalValue, function: function)
            }
            perform(command)
            return .wroteMultiple(address: address, count: values.count)
        case .readInput, .write: return .exception(.illegalFunction, function: function)
        }
    }

    private func perform(_ command: BoxCommand) {
        switch command {
        case .unlock(let code):
            guard code == plant.code else {
                plant.access = .denied
                return
            }
            plant.access = .granted
        case .lock: plant.access = .locked
        }
    }
}
