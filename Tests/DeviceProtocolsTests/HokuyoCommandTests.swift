import DeviceProtocols
import RobotModel
import Testing

@Suite("SCIP 2.0 words")
struct HokuyoCommandTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    private func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

    @Test("numbers are the vendor's, in two, three and four characters")
    func numbers() {
        #expect(text(HokuyoNumber.encoded(1234, width: 2)) == "CB")
        #expect(text(HokuyoNumber.encoded(5432, width: 3)) == "1Dh")
        #expect(text(HokuyoNumber.encoded(16_000_000, width: 4)) == "m2@0")
        #expect(HokuyoNumber.decoded(bytes("CB")) == 1234)
        #expect(HokuyoNumber.decoded(bytes("1Dh")) == 5432)
        #expect(HokuyoNumber.decoded(bytes("m2@0")) == 16_000_000)
        #expect(HokuyoNumber.decoded(bytes("1 h")) == nil)
    }

    @Test("sums are the vendor's; a text's sum leaves the semicolon out")
    func sums() {
        #expect(text([HokuyoNumber.sum(bytes("00"))]) == "P")
        #expect(text([HokuyoNumber.sum(bytes("99"))]) == "b")
        #expect(text([HokuyoNumber.sum(bytes("0E"))]) == "e")
        let answer = HokuyoAnswer(.state, lines: [Array("MODL:URG-04LX(Hokuyo Automatic Co.,Ltd.)".utf8)])
        #expect(text(answer.encoded) == "II\n00P\nMODL:URG-04LX(Hokuyo Automatic Co.,Ltd.);N\n\n")
    }

    @Test("commands are the vendor's lines, and read back")
    func commands() {
        let scan = HokuyoMeasurement(width: .three, start: 44, end: 725)
        let vectors: [(HokuyoCommand, String)] = [
            (.version, "VV"), (.parameters, "PP"), (.state, "II"), (.laserOn, "BM"), (.quit, "QT"), (.reset, "RS"),
            (.reboot, "RB"), (.clockOn, "TM0"), (.clock, "TM1"), (.clockOff, "TM2"), (.rate(19200), "SS019200"),
            (.scip2, "SCIP2.0"), (.measure(scan), "MD0044072501000"),
            (
                .measure(HokuyoMeasurement(width: .two, start: 0, end: 1080, cluster: 3, interval: 2, scans: 5)),
                "MS0000108003205"
            ),
            (.measure(HokuyoMeasurement(width: .three, start: 44, end: 725, scans: nil)), "GD0044072501"),
        ]
        for (command, line) in vectors {
            #expect(text(command.encoded) == line + "\n")
            #expect(HokuyoCommand(bytes(line)) == command)
        }
        #expect(HokuyoCommand(bytes("MD00440725010x0")) == nil && HokuyoCommand(bytes("XX")) == nil)
    }

    @Test("a device finds commands behind LF, CR or both, with a string, and sees what it does not know")
    func hostLines() {
        var decoder = HokuyoCommandDecoder()
        var found: [HokuyoCommandDecoder.Line] = []
        decoder.decode(Array("QT\r\nVV;abc\rNO\n\nP".utf8)) { found.append($0) }
        decoder.decode(Array("P\n".utf8)) { found.append($0) }
        #expect(found.map(\.command) == [.quit, .version, nil, .parameters])
        #expect(found.map { text($0.echo) } == ["QT", "VV;abc", "NO", "PP"])
    }

    @Test("parameters survive their answer; figures of no scanner are refused")
    func parameters() {
        for model in [HokuyoParameters.urg04LX, .utm30LX] {
            #expect(HokuyoParameters(HokuyoAnswer(.parameters, lines: model.lines)) == model)
        }
        let lines = HokuyoParameters.urg04LX.lines
        for index in 1..<lines.count {
            var missing = lines
            missing.remove(at: index)
            #expect(HokuyoParameters(HokuyoAnswer(.parameters, lines: missing)) == nil)
        }
        // Figures that a range of three characters cannot have, and a program could not count with.
        for farthest in ["262144", "99999999999", "9223372036854775807"] {
            let far = lines.map { $0.starts(with: Array("DMAX".utf8)) ? Array("DMAX:\(farthest)".utf8) : $0 }
            #expect(HokuyoParameters(HokuyoAnswer(.parameters, lines: far)) == nil)
        }
        var zero = HokuyoParameters.urg04LX
        zero.rpm = 0
        #expect(HokuyoParameters(HokuyoAnswer(.parameters, lines: zero.lines)) == nil)
    }

    @Test("steps turn counter-clockwise from the rear, the front is 0, and codes are no ranges")
    func geometry() {
        let urg = HokuyoParameters.urg04LX
        #expect(urg.degrees(ofStep: 384) == 0)
        #expect(urg.degrees(ofStep: 384 + 256) == 90)
        #expect(urg.degrees(ofStep: 128) == 270)
        #expect(urg.meters(19) == 0 && urg.meters(20) == 0.02 && urg.meters(5600) == 5.6 && urg.meters(5601) == 0)
        #expect(HokuyoParameters.utm30LX.meters(65533) == 0 && HokuyoParameters.utm30LX.meters(1) == 0)
    }

    @Test("every status of the manual has words of its own")
    func statuses() {
        let scan = HokuyoCommand.measure(HokuyoMeasurement(width: .three, start: 0, end: 1))
        #expect(HokuyoStatus("04").meaning(of: scan).contains("end step"))
        #expect(HokuyoStatus("30").meaning(of: scan).contains("verifies"))
        #expect(HokuyoStatus("55").meaning(of: scan).contains("hardware"))
        #expect(HokuyoStatus("01").meaning(of: .laserOn).contains("laser"))
        #expect(HokuyoStatus("0E").meaning(of: .clockOn).contains("not know"))
        #expect(HokuyoStatus("02").meaning(of: .rate(1)).contains("rate"))
        #expect(HokuyoStatus("77").meaning(of: .version) == "status 77")
    }
}
