package import DeviceIO
package import RobotModel

/// What is wrong with a line.
package enum LineFault: Hashable, Sendable {
    case none
    /// The device's bytes do not arrive; it still hears.
    case silent
    /// Each byte, in both directions, is wrong with this probability, and bytes that nobody sent arrive at the host:
    /// 200 a second times the probability.
    case garbage(probability: Double)
    /// The end of what the device says at a time is missing.
    case truncated
    /// The port is gone for the host; nothing passes.
    case unplugged
    /// Each byte takes this many times as long as it should.
    case slow(factor: Int)
}

extension LineFault {
    /// The trouble of a fault specification, as strong as to be noticed at once.
    package init(_ trouble: LineTrouble) {
        switch trouble {
        case .silent: self = .silent
        case .garbage: self = .garbage(probability: 0.3)
        case .truncated: self = .truncated
        case .unplugged: self = .unplugged
        }
    }
}

/// The wire between an emulated device and the port that the host opens, as slow as the real one.
///
/// A byte from the host reaches the device when its last bit would have arrived, and the other way round: each takes
/// `SerialLine.byteTime`, and the device begins its answer `turnaround` after it is made. So a bus that is too slow for
/// its rate shows. Faults are injected here, as bytes. Where both directions share the wires (`isHalfDuplex`), bytes that
/// travel at the same time spoil each other.
package final class PacedLine {
    /// Time passes in steps of at most this: answers begin no later than this after they could.
    private static let step = Duration.microseconds(500)
    /// A jump of the clock longer than this is not lived through step by step.
    private static let longestCatchUp = Duration.milliseconds(100)
    /// Bytes that a host who does not read may leave in its receiver; the oldest are lost, as in a UART.
    private static let receiverLimit = 16_384

    /// What is wrong now; may be changed at any time.
    package var fault = LineFault.none

    private let device: any TwinDevice
    private let line: SerialLine
    private let turnaround: Duration
    private let honoursRate: Bool
    private let isHalfDuplex: Bool
    private let connector: ((_ isPlugged: Bool) -> (any SerialPort)?)?
    private var port: (any SerialPort)?
    private var random: SeededRandom
    private var last: Instant?
    private var toDevice = PacedBytes()
    private var toHost = PacedBytes()
    /// Arrived at the host's side, not yet taken by its port.
    private var receiver: [UInt8] = []
    /// Where the device talks in datagrams: how long each is that travels or waits in the receiver, in order.
    private var datagrams: [Int] = []
    private let datagramSize: Int?

    /// Joins a device to the device's end of a port.
    ///
    /// `connector` pulls the plug (false) after the present port was closed, and puts it back (true) with a new port;
    /// without it, `unplugged` leaves the port open and lets nothing pass. `honoursRate`: a host at another rate than the
    /// line's hears and says rubbish. `isHalfDuplex`: a pair of wires for both directions, as RS-485's.
    package init(
        device: any TwinDevice, line: SerialLine, port: any SerialPort, turnaround: Duration = .zero,
        random: SeededRandom = SeededRandom(seed: 1), honoursRate: Bool = true, isHalfDuplex: Bool = false,
        connector: ((_ isPlugged: Bool) -> (any SerialPort)?)? = nil
    ) {
        self.device = device
        datagramSize = (device as? any DatagramDevice)?.datagramSize
        self.line = line
        self.port = port
        self.turnaround = turnaround
        self.random = random
        self.honoursRate = honoursRate
        self.isHalfDuplex = isHalfDuplex
        self.connector = connector
    }

    /// Lets time pass on the line and in the device.
    package func advance(to now: Instant) {
        plugOrUnplug()
        listen(at: last ?? now)
        var time = last ?? now
        if now - time > Self.longestCatchUp { time = now - Self.longestCatchUp }
        repeat {
            time = min(now, time + Self.step)
            let heard = toDevice.take(until: time)
            if !heard.isEmpty { device.receive(heard[...], at: time) }
            var said: [UInt8] = []
            device.advance(to: time, output: &said)
            speak(said, at: time)
            crackle(at: time)
            receiver += toHost.take(until: time)
        } while time < now
        last = now
        deliver()
    }

    private func plugOrUnplug() {
        guard let connector else { return }
        if fault == .unplugged, let port {
            port.close()
            self.port = connector(false)
            toDevice = PacedBytes()
            toHost = PacedBytes()
            receiver.removeAll()
            datagrams.removeAll()
        } else if fault != .unplugged, port == nil {
            port = connector(true)
        }
    }

    /// Takes what the host has written; it begins to travel now.
    private func listen(at now: Instant) {
        guard let port else { return }
        var bytes: [UInt8] = []
        do throws(PortError) {
            while try port.read(into: &bytes, limit: 4096) > 0 {}
        } catch {
            return  // nobody has opened the other end
        }
        guard fault != .unplugged, !bytes.isEmpty else { return }
        toDevice.append(spoilt(bytes), notBefore: now, byteTime: byteTime)
        if isHalfDuplex { toDevice.collide(with: &toHost, byteTime: byteTime, using: &random) }
    }

    private func speak(_ bytes: [UInt8], at now: Instant) {
        guard let size = datagramSize else { return send(bytes[...], at: now) }
        for start in stride(from: 0, to: bytes.count, by: size) {
            send(bytes[start..<min(start + size, bytes.count)], at: now)
        }
        if isHalfDuplex { toHost.collide(with: &toDevice, byteTime: byteTime, using: &random) }
    }

    /// One answer, frame or datagram begins to travel.
    private func send(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        guard !bytes.isEmpty, fault != .silent, fault != .unplugged else { return }
        let isCut = fault == .truncated
        let sent = isCut ? Array(bytes.dropLast(max(1, bytes.count / 4))) : spoilt(bytes)
        if datagramSize != nil, !sent.isEmpty { datagrams.append(sent.count) }
        toHost.append(sent, notBefore: now + turnaround, byteTime: byteTime)
    }

    private func crackle(at now: Instant) {
        guard case .garbage(let probability) = fault,
            Double.random(in: 0..<1, using: &random) < probability * 200 * Self.step.inSeconds
        else { return }
        if datagramSize != nil { datagrams.append(1) }
        toHost.append([UInt8.random(in: 0...255, using: &random)], notBefore: now, byteTime: byteTime)
    }

    private func deliver() {
        guard !receiver.isEmpty else { return }
        guard let port, fault != .unplugged else {
            let lost = receiver.count
            receiver.removeAll()
            forgetDatagrams(lost)
            return
        }
        if datagramSize != nil { return deliverDatagrams(to: port) }
        do throws(PortError) {
            let taken = try port.write(receiver[...])
            receiver.removeFirst(taken)
        } catch {
            receiver.removeAll()
        }
        if receiver.count > Self.receiverLimit { receiver.removeFirst(receiver.count - Self.receiverLimit) }
    }

    /// Hands over each datagram that has arrived whole; what the port does not take is lost, as on a network.
    private func deliverDatagrams(to port: any SerialPort) {
        var start = 0
        var count = 0
        while count < datagrams.count, start + datagrams[count] <= receiver.count {
            _ = try? port.write(receiver[start..<start + datagrams[count]])
            start += datagrams[count]
            count += 1
        }
        receiver.removeFirst(start)
        datagrams.removeFirst(count)
    }

    /// The first `count` bytes of those that travel are lost.
    private func forgetDatagrams(_ count: Int) {
        var rest = count
        while let first = datagrams.first, rest > 0 {
            if first > rest {
                datagrams[0] -= rest
            } else {
                datagrams.removeFirst()
            }
            rest -= min(first, rest)
        }
    }

    private var byteTime: Duration {
        if case .slow(let factor) = fault { return line.byteTime * max(1, factor) }
        return line.byteTime
    }

    /// Bytes as they come out at the other end. Where the two ends run at different rates, nothing of them is right.
    private func spoilt(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        if honoursRate, let rate = port?.otherEndRate, abs(rate - line.baudRate) * 20 > line.baudRate {
            return bytes.map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        guard case .garbage(let probability) = fault else { return Array(bytes) }
        return bytes.map { byte in
            guard Double.random(in: 0..<1, using: &random) < probability else { return byte }
            return byte ^ UInt8.random(in: 1...255, using: &random)
        }
    }
}

/// Bytes on their way along a line, each with the moment of its arrival.
private struct PacedBytes {
    private var bytes: [(byte: UInt8, due: Instant)] = []
    private var taken = 0
    /// From here on the bytes have not been looked at for collisions.
    private var unmet = 0
    /// When the line is free for the next byte.
    private var free = Instant(nanoseconds: .min / 2)

    mutating func append(_ new: some Sequence<UInt8>, notBefore start: Instant, byteTime: Duration) {
        free = max(free, start)
        for byte in new {
            free += byteTime
            bytes.append((byte, free))
        }
    }

    /// Spoils what was appended last and what travels the other way at the same time, both alike.
    mutating func collide(with other: inout PacedBytes, byteTime: Duration, using random: inout SeededRandom) {
        for index in max(unmet, taken)..<bytes.count {
            let due = bytes[index].due
            var isHit = false
            for crossing in other.taken..<other.bytes.count {
                let theirs = other.bytes[crossing].due
                guard theirs < due + byteTime, due < theirs + byteTime else { continue }
                isHit = true
                other.bytes[crossing].byte ^= UInt8.random(in: 1...255, using: &random)
            }
            if isHit { bytes[index].byte ^= UInt8.random(in: 1...255, using: &random) }
        }
        unmet = bytes.count
    }

    /// The bytes that have arrived by a moment.
    mutating func take(until now: Instant) -> [UInt8] {
        var arrived: [UInt8] = []
        while taken < bytes.count, bytes[taken].due <= now {
            arrived.append(bytes[taken].byte)
            taken += 1
        }
        if taken == bytes.count || taken > 4096 {
            bytes.removeFirst(taken)
            unmet = max(0, unmet - taken)
            taken = 0
        }
        return arrived
    }
}
