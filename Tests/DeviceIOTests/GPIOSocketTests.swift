import DeviceIO
import RobotModel
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A twin's chip, served on a thread of its own while a test runs.
private final class ServedChip: Sendable {
    let path: String
    private let commands = Mutex<[(line: Int, level: Bool, time: Instant?)]>([])
    private let driven = Mutex<[Int: Bool]>([:])
    private let isOver = Atomic<Bool>(false)
    private let hangsUp = Atomic<Bool>(false)

    init(_ name: String, idle: [Int: Bool] = [:]) async throws {
        let path = "/tmp/doorstep-test-\(getpid())-gpio-\(name.prefix { $0.isLetter })"
        self.path = path
        let isReady = AsyncStream<PortError?>.makeStream()
        Thread.start { [self] in
            do throws(PortError) {
                let server = try GPIOSocketServer(path: path)
                for (line, level) in idle { server.setIdle(line: line, level) }
                server.onSet = { [self] line, level in driven.withLock { $0[line] = level } }
                isReady.continuation.yield(nil)
                while !isOver.load(ordering: .relaxed) {
                    for command in commands.withLock({ list in
                        defer { list = [] }
                        return list
                    }) { server.set(line: command.line, command.level, at: command.time) }
                    if hangsUp.exchange(false, ordering: .relaxed) { server.disconnectAll() }
                    server.service()
                    usleep(500)
                }
            } catch {
                isReady.continuation.yield(error)
            }
        }
        if let error = await isReady.stream.first(where: { _ in true }) ?? nil { throw error }
    }

    deinit { stop() }

    var outputs: [Int: Bool] { driven.withLock { $0 } }
    func set(line: Int, _ level: Bool, at time: Instant? = nil) {
        commands.withLock { $0.append((line, level, time)) }
    }
    func hangUp() { hangsUp.store(true, ordering: .relaxed) }
    func stop() { isOver.store(true, ordering: .relaxed) }
}

private enum Thread {
    /// Runs a body on a detached thread.
    static func start(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, context)
        pthread_detach(thread)
    }
}

@Suite("GPIO over a socket")
struct GPIOSocketTests {
    private func request(
        _ chip: ServedChip, _ line: Int, _ direction: GPIORequest.Direction, activeLow: Bool = false
    ) -> GPIORequest {
        GPIORequest(
            role: "role", chip: "socket:\(chip.path)", line: line, direction: direction, activeLow: activeLow)
    }

    /// Tries for up to two seconds.
    private func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<2000 {
            if try condition() { return true }
            usleep(1000)
        }
        return false
    }

    @Test("an input has its level from the start, and its changes come as edges")
    func input() async throws {
        let chip = try await ServedChip(#function)
        defer { chip.stop() }
        chip.set(line: 2, true)
        let line = try SystemGPIOLines().open(request(chip, 2, .input))
        #expect(try eventually { try line.level() })
        while try line.nextEdge() != nil {}
        chip.set(line: 2, false)
        #expect(try eventually { try line.nextEdge()?.isOn == false })
        #expect(try line.level() == false)
        #expect(line.pollDescriptor != nil)
    }

    @Test("an active-low line is on while the twin's wire is low")
    func polarity() async throws {
        let chip = try await ServedChip(#function)
        defer { chip.stop() }
        let stop = try SystemGPIOLines().open(request(chip, 0, .input, activeLow: true))
        #expect(try stop.level())
        chip.set(line: 0, true)
        #expect(try eventually { try !stop.level() })
    }

    @Test("an output reaches the twin as a physical level")
    func output() async throws {
        let chip = try await ServedChip(#function)
        defer { chip.stop() }
        let lock = try SystemGPIOLines().open(request(chip, 5, .output, activeLow: true))
        #expect(eventually { chip.outputs[5] == true }, "off is high")
        try lock.set(true)
        #expect(eventually { chip.outputs[5] == false })
        #expect(try lock.level())
    }

    @Test("a line that another program has is busy")
    func busy() async throws {
        let chip = try await ServedChip(#function)
        defer { chip.stop() }
        let first = try SystemGPIOLines().open(request(chip, 1, .input))
        #expect { try SystemGPIOLines().open(request(chip, 1, .input)) } throws: {
            ($0 as? PortError)?.code == .busy
        }
        first.close()
        #expect(eventually { (try? SystemGPIOLines().open(request(chip, 1, .input))) != nil })
    }

    @Test("an edge carries the twin's own moment and its number")
    func timesAndNumbers() async throws {
        let chip = try await ServedChip(#function)
        defer { chip.stop() }
        let line = try SystemGPIOLines().open(request(chip, 2, .input))
        chip.set(line: 2, true, at: Instant(nanoseconds: 111))
        chip.set(line: 2, false, at: Instant(nanoseconds: 222))
        var edges: [GPIOEdge] = []
        #expect(
            try eventually {
                while let edge = try line.nextEdge() { edges.append(edge) }
                return edges.count == 2
            })
        #expect(edges.map(\.time.nanoseconds) == [111, 222])
        #expect(edges.map(\.sequence) == [1, 2])
    }

    @Test("lines that are read together give their edges in the order in which they happened")
    func together() async throws {
        let chip = try await ServedChip(#function)
        defer { chip.stop() }
        let group = try SystemGPIOLines().openTogether([request(chip, 3, .input), request(chip, 4, .input)])
        for index in 0..<400 {
            // Track 3 is a quarter of a period ahead of track 4.
            chip.set(line: index % 2 == 0 ? 3 : 4, index % 4 < 2, at: Instant(nanoseconds: Int64(index)))
        }
        var edges: [GPIOLineEdge] = []
        #expect(
            try eventually {
                while let edge = try group.nextEdge() { edges.append(edge) }
                return edges.count == 400
            })
        #expect(edges.map(\.edge.time.nanoseconds) == (0..<400).map(Int64.init))
        #expect(edges.map(\.index) == (0..<400).map { $0 % 2 })
    }

    @Test("an output whose program ends falls back to its idle level, as a wire with a resistor does")
    func letGo() async throws {
        let chip = try await ServedChip(#function, idle: [5: true])
        defer { chip.stop() }
        let lock = try SystemGPIOLines().open(request(chip, 5, .output))
        let other = try SystemGPIOLines().open(request(chip, 6, .output))
        try lock.set(false)
        try other.set(true)
        #expect(eventually { chip.outputs[5] == false && chip.outputs[6] == true })
        // What the kernel does with the sockets of a program that is killed.
        lock.close()
        other.close()
        #expect(eventually { chip.outputs[5] == true && chip.outputs[6] == false })
    }

    @Test("a chip that is pulled is lost, and can be opened again")
    func hangUp() async throws {
        let chip = try await ServedChip(#function)
        defer { chip.stop() }
        let line = try SystemGPIOLines().open(request(chip, 1, .input))
        chip.hangUp()
        #expect(
            eventually {
                do throws(PortError) {
                    _ = try line.level()
                    return false
                } catch {
                    return error.code == .lost
                }
            })
        _ = try SystemGPIOLines().open(request(chip, 1, .input))
    }

    @Test("where no twin listens there is no chip, and a chip that is not there says which")
    func nobody() {
        let socket = GPIORequest(role: "lid", chip: "socket:/tmp/doorstep-nobody", line: 0, direction: .input)
        #expect { try SystemGPIOLines().open(socket) } throws: { ($0 as? PortError)?.code == .noSuchDevice }
        let chip = GPIORequest(role: "lid", chip: "gpiochip99", line: 0, direction: .input)
        #expect { try SystemGPIOLines().open(chip) } throws: { error in
            let error = error as? PortError
            return error?.code == .noSuchDevice && error?.cause.contains("/dev/gpiochip99 line 0") == true
        }
    }
}
