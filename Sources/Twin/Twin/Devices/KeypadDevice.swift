import DeviceProtocols
package import RobotModel

/// The keypad: sends each pressed key as one byte, and hears nothing.
package final class KeypadDevice: TwinDevice {
    private let plant: KeypadPlant

    package init(plant: KeypadPlant) { self.plant = plant }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {}

    package func advance(to now: Instant, output: inout [UInt8]) {
        output += plant.pressed.compactMap(KeypadCode.byte)
        plant.pressed.removeAll()
    }
}
