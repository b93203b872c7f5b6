package import DeviceProtocols
package import RobotModel

/// The command port of a Hesai in the twin: gives out its calibration, and says so where it does not know a command.
package final class HesaiPTCDevice: TwinDevice {
    /// The return code of every answer. For fault injection.
    package var code: UInt8 = 0
    /// What it gives out in place of its calibration. For fault injection.
    package var text: String?
    private let calibration: HesaiCalibration
    private var decoder = HesaiPTCDecoder()
    private var outbox: [UInt8] = []

    package init(calibration: HesaiCalibration) { self.calibration = calibration }

    package func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        var questions: [HesaiPTC] = []
        decoder.decode(bytes) { questions.append($0) }
        for question in questions {
            let isKnown = question.command == .calibration
            let payload = isKnown && code == 0 ? Array((text ?? calibration.text).utf8) : []
            outbox += HesaiPTC(question.command, code: isKnown ? code : 5, payload: payload).encoded
        }
    }

    package func advance(to now: Instant, output: inout [UInt8]) {
        output += outbox
        outbox.removeAll()
    }
}
