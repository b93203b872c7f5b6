public import DeviceIO
public import RobotModel

/// The chip whose lines the twin's switches and the robot's lock hang on; levels are physical.
public protocol TwinGPIO: AnyObject {
    /// Puts a level on an input of the robot.
    func setInput(line: Int, _ level: Bool, at time: Instant)
    /// The level that the robot drives an output to; nil while it drives none.
    func output(line: Int) -> Bool?
    /// Serves whoever is connected; called in every few steps.
    func service()
    /// Pulls the chip with these lines, or puts it back.
    func setPlugged(_ isPlugged: Bool, lines: [Int])
}

extension MemoryGPIO: TwinGPIO {
    public func setInput(line: Int, _ level: Bool, at time: Instant) { setPhysical(line: line, level, at: time) }
    public func output(line: Int) -> Bool? { outputs[line] }
    public func service() {}

    public func setPlugged(_ isPlugged: Bool, lines: [Int]) {
        for line in lines { setLost(line: line, !isPlugged) }
    }
}

/// The twin's chip behind a local socket, as `doorstep-twin` serves it.
public final class TwinGPIOSocket: TwinGPIO {
    private let path: String
    private var server: GPIOSocketServer?
    private let idle: [Int: Bool]
    private var inputs: [Int: Bool] = [:]

    /// Listens at the path of the board file's "socket:<path>". `idle` are the levels that pull resistors give to lines
    /// that nobody drives; the others idle low.
    public init(path: String, idle: [Int: Bool] = [:]) throws(PortError) {
        self.path = path
        self.idle = idle
        server = try Self.server(path, idle)
    }

    private static func server(_ path: String, _ idle: [Int: Bool]) throws(PortError) -> GPIOSocketServer {
        let server = try GPIOSocketServer(path: path)
        for (line, level) in idle { server.setIdle(line: line, level) }
        return server
    }

    public func setInput(line: Int, _ level: Bool, at time: Instant) {
        inputs[line] = level
        server?.set(line: line, level, at: time)
    }

    public func output(line: Int) -> Bool? { server?.drivenLevel(line) }
    public func service() { server?.service() }

    public func setPlugged(_ isPlugged: Bool, lines: [Int]) {
        guard isPlugged else {
            server?.disconnectAll()
            server = nil
            return
        }
        guard server == nil, let new = try? Self.server(path, idle) else { return }
        for (line, level) in inputs.sorted(by: { $0.key < $1.key }) { new.set(line: line, level) }
        server = new
    }
}
