import DeviceProtocols
import RobotModel
import Testing

@Suite("RPLIDAR requests")
struct RPLIDARRequestTests {
    private func decode(_ bytes: [UInt8]) -> [RPLIDARRequest] {
        var decoder = RPLIDARRequestDecoder()
        var found: [RPLIDARRequest] = []
        decoder.decode(bytes) { found.append($0) }
        return found
    }

    @Test(
        "requests are the bytes that the vendor's SDK sends",
        arguments: [
            (RPLIDARRequest(.getInfo), "A550"),
            (.accessoryFlag, "A5FF04000000005E"),
            (.configuration(.desiredRotation), "A584040100000024"),
            (.configuration(.typicalMode), "A584047C00000059"),
            (.configuration(.sampleTime, mode: 1), "A5840671000000010057"),
            (.configuration(.maximumDistance, mode: 1), "A5840674000000010052"),
            (.configuration(.answerType, mode: 1), "A5840675000000010053"),
            (.configuration(.modeName, mode: 1), "A584067F000000010059"),
            (.expressScan(mode: 1), "A58205010000000023"),
            (.expressScan(mode: 0), "A58205000000000022"),
        ])
    func vectors(request: RPLIDARRequest, text: String) {
        #expect(request.encoded == hex(text))
        #expect(decode(hex(text)) == [request])
    }

    @Test("A5 before a request is tested again and costs nothing")
    func repeatedStart() {
        #expect(decode([0xA5, 0xA5, 0x50]) == [RPLIDARRequest(.getInfo)])
        #expect(decode([0xA5, 0x00, 0xA5, 0xA5, 0x25]) == [RPLIDARRequest(.stop)])
    }

    @Test("a request with a wrong checksum is not carried out, and the next one is")
    func checksum() {
        var decoder = RPLIDARRequestDecoder()
        var found: [RPLIDARRequest] = []
        var damaged = RPLIDARRequest.motorSpeed(rpm: 600).encoded
        damaged[3] ^= 0x10
        decoder.decode(damaged + RPLIDARRequest(.getHealth).encoded) { found.append($0) }
        #expect(found == [RPLIDARRequest(.getHealth)])
        #expect(decoder.checksumErrors == 1)
    }

    @Test("requests come out of any cut, with any payload")
    func roundTrip() {
        var random = SeededRandom(seed: 3)
        let commands = RPLIDARRequest.Command.all.sorted { $0.rawValue < $1.rawValue }
        var sent: [RPLIDARRequest] = []
        for _ in 0..<500 {
            let command = commands[Int.random(in: 0..<commands.count, using: &random)]
            let count = command.hasPayload ? Int.random(in: 0...20, using: &random) : 0
            let payload = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            sent.append(RPLIDARRequest(command, payload: payload))
        }
        var decoder = RPLIDARRequestDecoder()
        var found: [RPLIDARRequest] = []
        for byte in sent.flatMap(\.encoded) { decoder.decode([byte]) { found.append($0) } }
        #expect(found == sent)
        #expect(decoder.skippedBytes == 0)
    }
}
