import DeviceProtocols
import RobotModel
import Testing

@Suite("Modbus RTU")
struct ModbusTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test("the checksum of the catalogue's check string is 4B37")
    func checksum() {
        #expect(ModbusCRC.checksum(Array("123456789".utf8)) == 0x4B37)
    }

    @Test("requests to the wheel drive have the bytes that its clients send")
    func vectors() {
        #expect(hex(ModbusRequest.readHolding(address: 0x20AB, count: 2).frame(unit: 1)) == "010320ab0002be2b")
        #expect(hex(ModbusRequest.write(address: 0x200E, value: 8).frame(unit: 1)) == "0106200e0008e20f")
    }

    @Test(
        "the silence between frames is 3.5 characters, and 1.75 ms above 19 200 bit/s",
        arguments: [(9600, 4_010_416), (19_200, 2_005_208), (38_400, 1_750_000), (115_200, 1_750_000)])
    func frameGap(baudRate: Int, nanoseconds: Int) {
        #expect(ModbusTiming.frameGap(baudRate: baudRate) == .nanoseconds(nanoseconds))
    }

    private func anyRequest(_ random: inout SeededRandom) -> ModbusRequest {
        let address = UInt16.random(in: .min ... .max, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .readHolding(address: address, count: Int.random(in: 1...125, using: &random))
        case 1: return .readInput(address: address, count: Int.random(in: 1...125, using: &random))
        case 2: return .write(address: address, value: UInt16.random(in: .min ... .max, using: &random))
        default:
            let count = Int.random(in: 1...123, using: &random)
            return .writeMultiple(
                address: address, values: (0..<count).map { _ in UInt16.random(in: .min ... .max, using: &random) })
        }
    }

    private func anyAnswer(to request: ModbusRequest, _ random: inout SeededRandom) -> ModbusResponse {
        if Int.random(in: 0..<5, using: &random) == 0 {
            return .exception(
                ModbusException(rawValue: UInt8.random(in: 1...11, using: &random)), function: request.function.rawValue
            )
        }
        switch request {
        case .readHolding(_, let count), .readInput(_, let count):
            return .registers(
                (0..<count).map { _ in UInt16.random(in: .min ... .max, using: &random) }, function: request.function)
        case .write(let address, let value): return .wrote(address: address, value: value)
        case .writeMultiple(let address, let values):
            return .wroteMultiple(address: address, count: values.count)
        }
    }

    /// Cuts bytes into pieces, as a line delivers them.
    private func pieces(_ bytes: [UInt8], _ random: inout SeededRandom) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...min(7, rest.count), using: &random)
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    @Test("any request survives the line, in whatever pieces it arrives")
    func requestsRoundTrip() {
        var random = SeededRandom(seed: 11)
        var decoder = ModbusRequestDecoder(silence: .milliseconds(3))
        for _ in 0..<500 {
            let request = anyRequest(&random)
            let unit = UInt8.random(in: 1...247, using: &random)
            var frames: [ModbusServerFrame] = []
            for piece in pieces(request.frame(unit: unit), &random) {
                frames += decoder.receive(piece, at: .zero)
            }
            #expect(frames == [ModbusServerFrame(unit: unit, content: .request(request))])
        }
        #expect(decoder.checksumErrors == 0)
    }

    @Test("any answer is found, in whatever pieces and behind whatever noise it arrives")
    func answersRoundTrip() {
        var random = SeededRandom(seed: 12)
        var decoder = ModbusResponseDecoder()
        for _ in 0..<500 {
            let request = anyRequest(&random)
            let unit = UInt8.random(in: 1...247, using: &random)
            let answer = anyAnswer(to: request, &random)
            decoder.expect(request, from: unit)
            // Noise that cannot begin the answer: every byte differs from the unit's.
            let noise = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                unit ^ UInt8.random(in: 1...255, using: &random)
            }
            var found: ModbusResponse?
            for piece in pieces(noise + answer.frame(unit: unit), &random) {
                if let response = decoder.receive(piece) { found = response }
            }
            #expect(found == answer)
            #expect(decoder.skippedBytes == noise.count)
        }
    }

    @Test("a flipped bit anywhere never becomes an answer")
    func corruptedAnswersAreRefused() {
        let request = ModbusRequest.readHolding(address: 0x20A5, count: 8)
        let frame = ModbusResponse.registers([0, 0, 1, 2, 3, 4, 5, 6], function: .readHolding).frame(unit: 1)
        for bit in 0..<(frame.count * 8) {
            var corrupted = frame
            corrupted[bit / 8] ^= 1 << UInt8(bit % 8)
            var decoder = ModbusResponseDecoder()
            decoder.expect(request, from: 1)
            #expect(decoder.receive(corrupted[...]) == nil)
        }
    }

    @Test("an echo of the own request, as some RS-485 adapters make it, is not taken for the answer")
    func echo() {
        let request = ModbusRequest.readHolding(address: 0x20AB, count: 2)
        let answer = ModbusResponse.registers([7, 8], function: .readHolding)
        var decoder = ModbusResponseDecoder()
        decoder.expect(request, from: 1)
        #expect(decoder.receive((request.frame(unit: 1) + answer.frame(unit: 1))[...]) == answer)
    }

    @Test("the late answer to an older request is not taken for the present one's")
    func lateAnswer() {
        var decoder = ModbusResponseDecoder()
        decoder.expect(.write(address: 0x200E, value: 5), from: 1)
        #expect(decoder.receive(ModbusResponse.wrote(address: 0x200E, value: 8).frame(unit: 1)[...]) == nil)
        let answer = ModbusResponse.wrote(address: 0x200E, value: 5)
        #expect(decoder.receive(answer.frame(unit: 1)[...]) == answer)
    }

    @Test("a server finds the next request after garbage without a silence in between")
    func serverResynchronises() {
        var decoder = ModbusRequestDecoder(silence: .milliseconds(3))
        let frame = ModbusRequest.write(address: 0x200E, value: 5).frame(unit: 1)
        let garbage: [UInt8] = [0x01, 0x06, 0xFF, 0x12, 0x50, 0x99]
        #expect(
            decoder.receive((garbage + frame)[...], at: .zero)
                == [ModbusServerFrame(unit: 1, content: .request(.write(address: 0x200E, value: 5)))])
    }

    @Test("a silence ends half a frame")
    func silenceEndsAFrame() {
        var decoder = ModbusRequestDecoder(silence: .milliseconds(3))
        let frame = ModbusRequest.readHolding(address: 0, count: 4).frame(unit: 9)
        #expect(decoder.receive(frame[..<5], at: .zero) == [])
        let later = Instant.zero + .milliseconds(10)
        #expect(decoder.receive(frame[...], at: later).count == 1)
    }

    @Test("an unknown function is a frame that is refused, and an impossible count too")
    func refusals() {
        var decoder = ModbusRequestDecoder(silence: .milliseconds(3))
        var unknown: [UInt8] = [1, 0x2B, 0x0E, 0x01, 0x00]
        let crc = ModbusCRC.checksum(unknown)
        unknown += [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
        #expect(
            decoder.receive(unknown[...], at: .zero)
                == [ModbusServerFrame(unit: 1, content: .refused(.illegalFunction, function: 0x2B))])
        var tooMany: [UInt8] = [1, 3, 0, 0, 0, 126]
        let second = ModbusCRC.checksum(tooMany)
        tooMany += [UInt8(truncatingIfNeeded: second), UInt8(second >> 8)]
        #expect(
            decoder.receive(tooMany[...], at: .zero)
                == [ModbusServerFrame(unit: 1, content: .refused(.illegalValue, function: 3))])
    }

    @Test("random bytes never break either decoder, and a good frame after a silence is always found")
    func noise() {
        var random = SeededRandom(seed: 13)
        var server = ModbusRequestDecoder(silence: .milliseconds(3))
        var client = ModbusResponseDecoder()
        var now = Instant.zero
        let request = ModbusRequest.readHolding(address: 0x20A5, count: 8)
        for _ in 0..<300 {
            let count = Int.random(in: 1...400, using: &random)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = server.receive(noise[...], at: now)
            client.expect(request, from: 1)
            #expect(client.receive(noise[...]) == nil)
            now += .milliseconds(10)
            #expect(server.receive(request.frame(unit: 1)[...], at: now).last?.content == .request(request))
            now += .milliseconds(10)
        }
    }
}
