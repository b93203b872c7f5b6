import DeviceProtocols
import RobotModel
import Testing
import Twin

/// Two metres all around.
private final class Round: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? { (2, 200) }
}

@Suite("The twin's YDLIDAR")
struct YDLIDARDeviceTests {
    private func run(_ device: YDLIDARDevice, from start: Duration, for duration: Duration) -> [UInt8] {
        var output: [UInt8] = []
        var now = Instant.zero + start
        while now < Instant.zero + start + duration {
            now += .milliseconds(1)
            device.advance(to: now, output: &output)
        }
        return output
    }

    private func packets(_ bytes: [UInt8], _ format: YDLIDARSampleFormat) -> [YDLIDARPacket] {
        var decoder = YDLIDARDecoder(format: format)
        var found: [YDLIDARPacket] = []
        decoder.decode(bytes[...]) { event, _, _ in if case .packet(let packet) = event { found.append(packet) } }
        return found
    }

    @Test("an X4 is silent until asked, answers health under both numbers, and is deaf to questions while it scans")
    func asked() {
        let device = YDLIDARDevice(laser: Round())
        #expect(run(device, from: .zero, for: .seconds(2)).isEmpty)
        device.receive([0xA5, 0x90][...], at: .zero + .seconds(2))
        let info = run(device, from: .seconds(2), for: .milliseconds(5))
        #expect(info == YDLIDARAnswer.encoded(YDLIDARAnswer.info, device.info.payload))
        for number in [0x91, 0x92] as [UInt8] {
            device.receive([0xA5, number][...], at: .zero + .seconds(3))
            let health = run(device, from: .seconds(3), for: .milliseconds(5))
            #expect(health == [0xA5, 0x5A, 3, 0, 0, 0, 6, 0, 0, 0])
        }
        device.receive([0xA5, 0x60][...], at: .zero + .seconds(4))
        #expect(run(device, from: .seconds(4), for: .milliseconds(5)) == YDLIDARAnswer.scanGrant)
        device.receive([0xA5, 0x90][...], at: .zero + .milliseconds(4005))
        #expect(run(device, from: .milliseconds(4005), for: .milliseconds(5)).isEmpty)
        device.receive([0xA5, 0x65][...], at: .zero + .seconds(5))
        #expect(run(device, from: .seconds(5), for: .seconds(2)).isEmpty)
    }

    @Test("a ring starts with one sample and its frequency; the others come forty at a time")
    func rings() {
        let device = YDLIDARDevice(laser: Round(), model: .x2)
        _ = run(device, from: .zero, for: .milliseconds(600))
        let packets = packets(run(device, from: .milliseconds(600), for: .seconds(2)), .range)
        let starts = packets.filter(\.startsRing)
        #expect((12...14).contains(starts.count))
        #expect(starts.allSatisfy { $0.count == 1 && $0.tenthsOfHertz == 70 })
        // A ring's last packet is shorter and ends at 360°, which may be rounded to 0.
        #expect(packets.allSatisfy { $0.startsRing || $0.count == 40 || $0.endAngle > 22_900 || $0.endAngle == 0 })
    }

    @Test("a held head begins no ring")
    func held() {
        let device = YDLIDARDevice(laser: Round(), model: .x2)
        _ = run(device, from: .zero, for: .seconds(2))
        device.headBlocked = true
        let packets = packets(run(device, from: .seconds(2), for: .seconds(1)), .range).dropFirst(2)
        #expect(packets.count > 50 && packets.allSatisfy { !$0.startsRing && $0.startAngle == $0.endAngle })
    }
}
