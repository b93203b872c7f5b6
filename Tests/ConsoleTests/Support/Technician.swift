import CSodium
import Console
import Control
import RobotModel

/// Somebody at a console session: types, looks at the screen, and lets the daemon answer.
struct Technician {
    static let code = "2468"

    var session: ConsoleSession
    var screen = Screen()
    var now = Instant.zero
    /// All that the session has asked, its question for names aside.
    var asked: [ControlRequest] = []
    var log: [String] = []
    /// Every byte that was sent to the terminal.
    var sent: [UInt8] = []
    /// What the daemon answers; nil keeps it silent.
    var answer: (ControlRequest) -> ControlResponse? = { request in
        if case .status = request { .status(.sample) } else { .done("done") }
    }

    init(unlockHash: UnlockHash? = UnlockHash(text: hash(of: code))) {
        session = ConsoleSession(robot: "dory", version: "0.1.0", unlockHash: unlockHash)
        perform(session.handle(.connected, at: now))
        asked = []
    }

    mutating func type(_ text: String) { type(Array(text.utf8)) }

    mutating func type(_ bytes: [UInt8]) { perform(session.handle(.bytes(bytes), at: now)) }

    /// Types a line and returns what it has put on the screen, from the row after the prompt on.
    @discardableResult mutating func order(_ line: String) -> String {
        let start = screen.row + 1
        type(line + "\r")
        return screen.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(start).dropLast()
            .joined(separator: "\n")
    }

    mutating func unlock() {
        type("unlock\r")
        type(Self.code + "\r")
    }

    /// Lets time pass in the steps in which a session hears of it.
    mutating func wait(_ time: Duration) {
        let end = now + time
        while now < end {
            now = min(end, now + .milliseconds(100))
            perform(session.handle(.time, at: now))
        }
    }

    mutating func perform(_ actions: [ConsoleAction]) {
        for action in actions {
            switch action {
            case .write(let bytes):
                sent += bytes
                screen.write(bytes)
            case .log(let words): log.append(words)
            case .ask(let request, let number):
                asked.append(request)
                if let response = answer(request) { perform(session.handle(.answered(number, response), at: now)) }
            }
        }
    }

    /// An Argon2id hash at the least cost that libsodium has, so that tests are quick.
    static func hash(of code: String) -> String {
        precondition(sodium_init() >= 0)
        var out = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let status = crypto_pwhash_str_alg(
            &out, code, UInt64(code.utf8.count), 1, Int(crypto_pwhash_MEMLIMIT_MIN), crypto_pwhash_ALG_ARGON2ID13)
        precondition(status == 0)
        return String(decoding: out.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension RobotStatus {
    /// A robot in the middle of a mission, with something to show in every section.
    static var sample: RobotStatus {
        var status = RobotStatus(robot: "dory", version: "0.1.0")
        status.uptime = 754
        status.mission = MissionSection(
            id: "lunch-7", state: "running", step: "crossing door entrance: waiting for it to open", eta: 85,
            promised: 300)
        status.queue = [QueuedMission(id: "lunch-8", priority: 5, place: "room_301")]
        status.place.level = "L1"
        status.place.near = "lobby"
        status.place.pose = Pose2D(x: 3.204, y: -1.1, yaw: 1.5708)
        status.place.localization = "tracking"
        status.place.quality = 0.97
        status.place.places = ["charger", "kerb"]
        status.place.levels = ["L1"]
        status.tick.rate = 1000
        status.tick.ticks = 754_000
        status.tick.culprit = "lidar"
        status.tick.chains = [
            ChainSection(name: "wheels", count: 700, p50: 4120, p99: 8300, max: 20_500),
            ChainSection(name: "joints", count: 0, p50: 0, p99: 0, max: 0),
        ]
        status.tick.tasks = [
            TaskSection(
                name: "lidar", owner: "device lidar", every: 1, deadline: 200, runs: 754_000, p50: 3.21, p99: 41.6,
                p999: 77, max: 312.4, overruns: 4, late: 3),
            TaskSection(name: "record", owner: "kernel recorder", every: 10, deadline: 50, runs: 75_400, p50: 1.4),
            TaskSection(name: "wake-up", owner: "the thread", every: 0, deadline: 0, late: 1),
        ]
        status.safety.action = "none"
        status.devices = [
            device("lidar", "running", identity: "RPLIDAR S2 firmware 1.2", fault: nil),
            device(
                "keypad", "connecting", identity: "",
                fault: RobotError(.busy, "the port is held by pid 412", hint: "end that program")),
        ]
        status.doors = [DoorSection(id: "entrance", mode: "moving", session: "requested")]
        status.lifts = [
            LiftSection(
                id: "lift_1", level: "L1", destination: "L3", door: "open", motion: "stopped", mode: "agv",
                session: "ours")
        ]
        status.joints = [
            JointSection(name: "elbow_pitch", position: 0.5, velocity: 0, current: 0.2, torque: true, alert: false),
            JointSection(name: "gripper", position: 0.04, velocity: 0, current: 0, torque: true, alert: false),
        ]
        status.battery.voltage = 25.1
        status.battery.stateOfCharge = 0.78
        status.reflow.recordedBytes = 12_345_678
        status.reflow.uplink = "connected"
        status.announcements = [Announcement(time: 750, text: "asking for door entrance")]
        return status
    }

    static func device(_ slot: String, _ phase: String, identity: String, fault: RobotError?) -> DeviceSection {
        DeviceSection(
            slot: slot, phase: phase, identity: identity, port: "/dev/serial/by-id/usb-\(slot)", frames: 7540,
            bytesIn: 1_234_567, bytesOut: 420, checksumErrors: 1, resyncs: 0, timeouts: 2, reconnects: 1,
            age: fault == nil ? 0.02 : nil, fault: fault)
    }
}
