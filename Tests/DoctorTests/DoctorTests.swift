import BoardFile
import Doctor
import Foundation
import Testing

/// A board as a test wants it: files, links, owners; everything as it should be until something is changed.
private struct PaperBoard: BoardView {
    var texts: [String: String] = [
        "/proc/version": "Linux version 6.12.107-rt-arm64 (debian) #1 SMP PREEMPT_RT Debian",
        "/sys/kernel/realtime": "1",
        "/proc/self/limits": """
        Limit                     Soft Limit           Hard Limit           Units
        Max locked memory         unlimited            unlimited            bytes
        Max realtime priority     80                   80
        """,
        "/proc/self/status": "Name:\tdoorstep\nCapEff:\t0000000000000000",
        "/sys/devices/system/cpu/present": "0-3",
        "/sys/devices/system/cpu/isolated": "1,3",
        "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance",
        "/sys/class/thermal/thermal_zone0/temp": "48500",
        "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\ndoorstep:x:990:990::/var/lib/doorstep:/usr/sbin/nologin",
        "/etc/group": "root:x:0:\ndialout:x:20:doorstep\ngpio:x:997:doorstep\ndoorstep:x:990:",
        "/proc/1/comm": "systemd",
    ]
    var folders: [String: [String]] = [
        "/proc": ["1", "self", "version"],
        "/sys/devices/system/cpu": ["cpu0", "cpufreq", "present"],
        "/sys/class/thermal": ["thermal_zone0", "cooling_device0"],
    ]
    var links: [String: String] = [:]
    var owners: [String: FileOwner] = [:]
    var disk = DiskSpace(size: 60_000_000_000, free: 40_000_000_000)
    var speed: Double? = 40e6
    var isClockSynchronized: Bool? = true

    init(_ board: Board) {
        let paths =
            board.lidars.map(\.port.path)
            + [
                board.wheels.port, board.joints.port, board.facilities?.port, board.boxRadio.port, board.keypad.port,
                board.console.port,
            ].compactMap { $0?.path }
        for (index, path) in paths.enumerated() {
            links[path] = "/dev/ttyUSB\(index)"
            owners["/dev/ttyUSB\(index)"] = FileOwner(user: 0, group: 20, mode: 0o660)
            texts["/sys/bus/usb-serial/devices/ttyUSB\(index)/latency_timer"] = "1"
        }
        links[board.reflow.directory] = board.reflow.directory
        for chip in Set(board.gpio.map(\.chip)) {
            links["/dev/\(chip)"] = "/dev/\(chip)"
            owners["/dev/\(chip)"] = FileOwner(user: 0, group: 997, mode: 0o660)
        }
    }

    func text(_ path: String) -> String? { texts[path] }
    func names(_ path: String) -> [String]? { folders[path] }
    func resolved(_ path: String) -> String? { links[path] }
    func owner(of path: String) -> FileOwner? { owners[path] }
    func disk(of path: String) -> DiskSpace? { disk }
    func writeSpeed(in folder: String) -> Double? { speed }
}

/// A board with one thing wrong, and what is said of it.
private struct Trouble: Sendable, CustomTestStringConvertible {
    var name: String
    var check: String
    var verdict: Finding.Verdict
    /// Words that say the cause, and words of the hint.
    var says: [String]
    var hints: String
    var spoil: @Sendable (inout PaperBoard) -> Void
    var testDescription: String { name }

    static let all = [
        Trouble(
            name: "kernel without PREEMPT_RT", check: "kernel", verdict: .advice,
            says: ["PREEMPT_RT", "6.12.107-arm64"],
            hints: "linux-image-rt"
        ) {
            $0.texts["/sys/kernel/realtime"] = nil
            $0.texts["/proc/version"] = "Linux version 6.12.107-arm64 (debian) #1 SMP PREEMPT_DYNAMIC Debian"
        },
        Trouble(
            name: "no privilege for FIFO", check: "real time", verdict: .advice,
            says: ["this shell", "SCHED_FIFO", "limit is 0"],
            hints: "LimitRTPRIO"
        ) { $0.texts["/proc/self/limits"] = "Max locked memory unlimited unlimited bytes\nMax realtime priority 0 0" },
        Trouble(
            name: "a daemon without the privilege for FIFO", check: "real time", verdict: .bad, says: ["pid 412"],
            hints: "LimitRTPRIO"
        ) {
            $0.folders["/proc"] = ["1", "412"]
            $0.texts["/proc/412/comm"] = "doorstepd"
            $0.texts["/proc/412/limits"] = "Max locked memory         unlimited            unlimited            bytes"
        },
        Trouble(
            name: "memory that may not be locked", check: "memory", verdict: .advice, says: ["lock 8 MB"],
            hints: "LimitMEMLOCK"
        ) { $0.texts["/proc/self/limits"] = "Max locked memory 8388608 8388608 bytes\nMax realtime priority 80 80" },
        Trouble(
            name: "a processor that is not there", check: "processors", verdict: .bad, says: ["no processor 3"],
            hints: "0, 1"
        ) { $0.texts["/sys/devices/system/cpu/present"] = "0-1" },
        Trouble(
            name: "a processor that is shared", check: "processors", verdict: .advice, says: ["shared"],
            hints: "isolcpus=3"
        ) { $0.texts["/sys/devices/system/cpu/isolated"] = "" },
        Trouble(name: "a governor", check: "clock rate", verdict: .advice, says: ["ondemand"], hints: "performance") {
            $0.texts["/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"] = "ondemand"
        },
        Trouble(name: "a hot board", check: "heat", verdict: .advice, says: ["84 °C"], hints: "cool") {
            $0.texts["/sys/class/thermal/thermal_zone0/temp"] = "84100"
        },
        Trouble(
            name: "a board that was slowed down", check: "heat", verdict: .advice, says: ["slowed down"], hints: "cool"
        ) {
            $0.texts["/sys/devices/platform/soc/soc:firmware/get_throttled"] = "0x40000"
        },
        Trouble(name: "a supply that dips", check: "heat", verdict: .bad, says: ["supply"], hints: "5.1 V") {
            $0.texts["/sys/devices/platform/soc/soc:firmware/get_throttled"] = "0x10000"
        },
        Trouble(
            name: "a clock that is not set", check: "time", verdict: .advice, says: ["no time server"], hints: "set-ntp"
        ) {
            $0.isClockSynchronized = false
        },
        Trouble(
            name: "a port that is not there", check: "port wheels", verdict: .bad, says: ["not there"], hints: "by-id"
        ) {
            $0.links = $0.links.filter { $0.value != "/dev/ttyUSB1" }
        },
        Trouble(
            name: "the wrong group", check: "port wheels", verdict: .bad, says: ["dialout"],
            hints: "adduser doorstep dialout"
        ) {
            $0.texts["/etc/group"] = "dialout:x:20:\ngpio:x:997:doorstep"
        },
        Trouble(
            name: "a latency timer", check: "port wheels", verdict: .advice, says: ["16 ms"], hints: "latency_timer"
        ) {
            $0.texts["/sys/bus/usb-serial/devices/ttyUSB1/latency_timer"] = "16"
        },
        Trouble(
            name: "a port that is held", check: "port wheels", verdict: .bad, says: ["pid 77", "cat"], hints: "stop it"
        ) {
            $0.folders["/proc"] = ["1", "77"]
            $0.folders["/proc/77/fd"] = ["0", "3"]
            $0.links["/proc/77/fd/3"] = "/dev/ttyUSB1"
            $0.texts["/proc/77/comm"] = "cat"
        },
        Trouble(
            name: "ModemManager", check: "meddlers", verdict: .advice, says: ["ModemManager"], hints: "modemmanager"
        ) {
            $0.folders["/proc"] = ["1", "300"]
            $0.texts["/proc/300/comm"] = "ModemManager"
        },
        Trouble(name: "brltty", check: "meddlers", verdict: .advice, says: ["brltty"], hints: "purge brltty") {
            $0.folders["/proc"] = ["1", "300"]
            $0.texts["/proc/300/comm"] = "brltty"
        },
        Trouble(
            name: "a chip that is not there", check: "chip gpiochip0", verdict: .bad, says: ["not there"],
            hints: "gpiodetect"
        ) {
            $0.links["/dev/gpiochip0"] = nil
        },
        Trouble(
            name: "a chip of another group", check: "chip gpiochip0", verdict: .bad, says: ["gpio"], hints: "adduser"
        ) {
            $0.texts["/etc/group"] = "dialout:x:20:doorstep\ngpio:x:997:"
        },
        Trouble(
            name: "a disk that is nearly full", check: "disk recordings", verdict: .bad, says: ["nearly full"],
            hints: "du "
        ) {
            $0.disk.free = 1_000_000_000
        },
        Trouble(name: "a small disk", check: "disk recordings", verdict: .advice, says: ["8.0 GB"], hints: "quota_mb") {
            $0.disk = DiskSpace(size: 8_000_000_000, free: 6_000_000_000)
        },
        Trouble(name: "a slow disk", check: "disk speed", verdict: .advice, says: ["0.8 MB/s"], hints: "A2 card") {
            $0.speed = 0.8e6
        },
    ]
}

@Suite("The doctor")
struct DoctorTests {
    private let board: Board

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        board = try Board.read(path: root + "/BoardConfigs/dory-cm4.yaml")
    }

    @Test("finds nothing on a board where everything is as it should be")
    func sound() {
        let findings = Doctor(PaperBoard(board), board: board).examine()
        #expect(findings.allSatisfy { $0.verdict == .good }, "\(findings.filter { $0.verdict != .good })")
        #expect(findings.count > 15)
    }

    @Test("names each trouble, what to do about it, and nothing else", arguments: Trouble.all)
    private func names(_ trouble: Trouble) throws {
        var view = PaperBoard(board)
        trouble.spoil(&view)
        let found = Doctor(view, board: board).examine().filter { $0.verdict != .good }
        let finding = try #require(found.first { $0.check == trouble.check }, "\(found)")
        #expect(finding.verdict == trouble.verdict)
        for words in trouble.says { #expect(finding.what.contains(words), "\(finding.what)") }
        #expect(finding.hint?.contains(trouble.hints) == true, "\(finding.hint ?? "")")
        // A trouble of a group is one of every port; nothing of another kind is made up.
        let kind = trouble.check.split(separator: " ")[0]
        #expect(found.allSatisfy { $0.check.split(separator: " ")[0] == kind }, "\(found)")
    }

    @Test("says that it could not look where the machine shows nothing, and does not call that good")
    func blind() {
        var view = PaperBoard(board)
        view.texts = view.texts.filter { !$0.key.hasPrefix("/sys/") }
        view.isClockSynchronized = nil
        view.speed = nil
        let verdicts = Dictionary(
            Doctor(view, board: board).examine().map { ($0.check, $0.verdict) }, uniquingKeysWith: { first, _ in first }
        )
        for check in ["processors", "clock rate", "heat", "time", "disk speed"] {
            #expect(verdicts[check] == .unknown, "\(check)")
        }
    }

    @Test("looks at the machine that it runs on without a board file, and every bad finding has a hint")
    func live() {
        let findings = Doctor(LiveBoard(), board: nil).examine()
        #expect(findings.contains { $0.check == "kernel" })
        #expect(findings.filter { [.bad, .advice].contains($0.verdict) }.allSatisfy { $0.hint?.isEmpty == false })
    }

    @Test("the disk of a folder that is not there yet is that of the nearest one that is; its speed is measured")
    func liveDisk() throws {
        let folder = NSTemporaryDirectory()
        let view = LiveBoard()
        #expect(try #require(view.disk(of: folder + "/not/here")).size > 0)
        #expect(try #require(view.writeSpeed(in: folder)) > 0)
        #expect(view.writeSpeed(in: "/nowhere") == nil)
        #expect(view.names(folder)?.contains { $0.hasPrefix(".doctor") } == false)
    }
}
