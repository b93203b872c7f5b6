import DeviceProtocols
import RobotModel
import Testing

@Suite("ODrive text protocol")
struct ODriveTests {
    private func lines(_ text: String) -> [ODriveLine] { lines(Array(text.utf8)) }

    private func lines(_ bytes: [UInt8]) -> [ODriveLine] {
        var decoder = ODriveLineDecoder()
        var found: [ODriveLine] = []
        decoder.decode(bytes) { found.append($0) }
        return found
    }

    @Test("the maker's example of a checksum holds, blank included")
    func makersVector() {
        #expect(ODriveLine.checksum("r vbus_voltage ".utf8) == 93)
        #expect(lines("r vbus_voltage *93\n") == [ODriveLine(text: "r vbus_voltage ", seal: .valid)])
        #expect(ODriveRequest(text: "r vbus_voltage ") == .read("vbus_voltage"))
        #expect(lines("r vbus_voltage *92\n").map(\.seal) == [.wrong])
    }

    @Test("the maker's examples are read and written as they stand")
    func makersExamples() {
        #expect(ODriveRequest(text: "v 0 1 0") == .velocity(axis: 0, turnsPerSecond: 1))
        #expect(
            ODriveRequest(text: "w axis0.controller.input_pos -123.456")
                == .write("axis0.controller.input_pos", "-123.456"))
        #expect(ODriveRequest(text: "u 1") == .feedWatchdog(axis: 1))
        #expect(ODriveRequest(text: "sc") == .clearErrors)
        #expect(ODriveRequest(text: "t 0 -2") == .other("t 0 -2"))
        #expect(ODriveRequest.velocity(axis: 1, turnsPerSecond: -0.25).text == "v 1 -0.250000")
        #expect(ODriveRequest.feedback(axis: 0).encoded == Array("f 0*118\n".utf8))
        #expect(ODriveAnswer(text: "24.087744") == .value(24.087744))
        #expect(ODriveAnswer(text: "-1.500000 0.250000") == .feedback(position: -1.5, velocity: 0.25))
        #expect(ODriveAnswer(text: "invalid motor 1") == .refusal("invalid motor 1"))
    }

    @Test("a comment is cut off, every kind of line end ends a line, and empty lines are none")
    func format() {
        #expect(lines("f 0 ; where is it\r\n\n\nf 1!").map(\.text) == ["f 0 ", "f 1"])
        #expect(lines("f 0*118 ; where\n").map(\.seal) == [.valid])
    }

    @Test(
        "a checksum that is no number of one to three digits is wrong",
        arguments: [
            "f 0*\n", "f 0*x\n", "f 0*0118\n", "f 0*118x\n", "f 0*-118\n", "f 0*374\n", "f 0*11 8\n",
        ])
    func strictChecksum(line: String) { #expect(lines(line).map(\.seal) == [.wrong]) }

    @Test(
        "what is no decimal number is no answer",
        arguments: ["nan", "inf", "0x10", "1.0 2.0 3.0", "1.0  2.0", "", "1e400", "1.0 nan"])
    func strictNumbers(text: String) { #expect(ODriveAnswer(text: text) == .other(text)) }

    @Test("numbers are written with six decimals, whatever their sign and size")
    func numbers() {
        #expect(ODriveNumber.text(0) == "0.000000")
        #expect(ODriveNumber.text(-0.0000004) == "0.000000")
        #expect(ODriveNumber.text(-0.05) == "-0.050000")
        #expect(ODriveNumber.text(123.9999996) == "124.000000")
        #expect(ODriveNumber.text(.nan) == "0.000000")
        #expect(ODriveNumber.text(-.infinity) == "-1000000.000000")
    }

    @Test("what is written is read again, at whatever place the bytes are cut", arguments: 0..<200)
    func roundTrip(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let properties = ["vbus_voltage", "axis0.current_state", "axis1.config.watchdog_timeout", "error"]
        let requests = (0..<20).map { _ -> ODriveRequest in
            let axis = Int.random(in: 0...1, using: &random)
            let property = properties.randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let millionths = Int.random(in: -900_000_000...900_000_000, using: &random)
                return .velocity(axis: axis, turnsPerSecond: Double(millionths) / 1e6)
            case 1: return .feedback(axis: axis)
            case 2: return .feedWatchdog(axis: axis)
            case 3: return .read(property)
            case 4: return .write(property, ODriveNumber.text(Double.random(in: -9...9, using: &random)))
            default: return .clearErrors
            }
        }
        var decoder = ODriveLineDecoder()
        var found: [ODriveRequest] = []
        var rest = requests.flatMap(\.encoded)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...9, using: &random))
            rest = rest.dropFirst(piece.count)
            decoder.decode(piece) { line in
                #expect(line.seal == .valid)
                found.append(ODriveRequest(text: line.text))
            }
        }
        #expect(found == requests)
        #expect(decoder.counters == FrameCounters(frames: 20))
    }

    @Test("a byte that is wrong never passes as a line with a checksum")
    func oneWrongByte() {
        let good = ODriveAnswer.feedback(position: 12.345678, velocity: -0.5).encoded(sealed: true)
        let text = lines(good)[0].text
        for index in good.indices {
            for bit in 0..<8 {
                var bad = good
                bad[index] ^= 1 << bit
                for line in lines(bad) where line.seal == .valid { #expect(line.text == text, "byte \(index)") }
            }
        }
    }

    @Test("a flood without a line end costs one line, and bytes that are no text cost theirs")
    func resync() {
        var decoder = ODriveLineDecoder()
        var found: [String] = []
        let flood = [UInt8](repeating: 0x41, count: 1000) + Array("\n".utf8)
        decoder.decode(flood + [0xFF, 0x00] + Array("f 0*118\nf 0*118\n".utf8)) { found.append($0.text) }
        #expect(found == ["f 0"])
        #expect(decoder.counters.resyncs == 2)
        #expect(decoder.counters.skippedBytes == 1000 + 9)
    }

    @Test("errors are named, the unknown ones by their bits, and an expired watchdog is told apart")
    func errors() {
        #expect(ODriveErrors(.motor, bits: 0x1000).names == ["current limit exceeded"])
        #expect(ODriveErrors(.active, bits: 0x0100_0200).names == ["bus under-voltage", "watchdog expired"])
        #expect(ODriveErrors(.axis, bits: 0x8000_0000).names == ["unknown axis error bits 0x80000000"])
        #expect(ODriveErrors(.encoder, bits: 0x4).hint?.contains("plug") == true)
        #expect(ODriveErrors(.axis, bits: 0x800).isOnlyWatchdog)
        #expect(ODriveErrors(.active, bits: 0x0100_0000).isOnlyWatchdog)
        #expect(!ODriveErrors(.axis, bits: 0x801).isOnlyWatchdog)
        #expect(!ODriveErrors(.motor, bits: 0x800).isOnlyWatchdog)
    }

    @Test("a dump of both directions joins answers to their questions; one of answers alone shows them")
    func dump() {
        let question = ODriveRequest.read("vbus_voltage").encoded
        let answer = ODriveAnswer.value(24.5).encoded(sealed: true)
        let feedback = ODriveAnswer.feedback(position: 1, velocity: 2).encoded(sealed: true)
        var both = ODriveStreamDecoder()
        var records: [ODriveRecord] = []
        both.decode((question + answer + ODriveRequest.feedback(axis: 1).encoded + feedback)[...]) {
            if let record = $0 as? ODriveRecord { records.append(record) }
        }
        #expect(records.map(\.kind) == [.request, .answer, .request, .answer])
        #expect(records[1].asked == "r vbus_voltage" && records[1].value == 24.5)
        #expect(records[3].asked == "f 1" && records[3].position == 1 && records[3].velocity == 2)
        var alone = ODriveStreamDecoder()
        records = []
        alone.decode((answer + feedback)[...]) { if let record = $0 as? ODriveRecord { records.append(record) } }
        #expect(records.map(\.value) == [24.5, nil])
        #expect(records.allSatisfy { $0.asked == nil && $0.hasChecksum })
        #expect(alone.counters.frames == 2)
    }
}
