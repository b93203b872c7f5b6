import DeviceIO
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A process that has a terminal open and takes no lock.
private final class Squatter {
    let pid: pid_t

    init?(_ device: String) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, device, O_RDWR | O_NOCTTY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { arguments.forEach { free($0) } }
        var pid = pid_t()
        guard posix_spawn(&pid, "/bin/sleep", &actions, nil, &arguments, nil) == 0 else { return nil }
        self.pid = pid
    }

    func leave() {
        kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}

/// A folder of links, as /dev/serial/by-id.
private final class Links {
    let path: String

    init(_ name: String = #function) {
        path = "/tmp/doorstep-test-\(getpid())-links-\(name.prefix { $0.isLetter })"
        mkdir(path, 0o755)
    }

    func link(_ name: String, to target: String) {
        unlink("\(path)/\(name)")
        symlink(target, "\(path)/\(name)")
        names.insert(name)
    }

    func remove(_ name: String) { unlink("\(path)/\(name)") }
    private var names: Set<String> = []

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}

@Suite("Why a port does not open")
struct PortDiagnosisTests {
    private func failure(_ path: String) -> PortError? {
        do throws(PortError) {
            try SystemSerialPorts().open(SerialLine(path: path, baudRate: 115_200)).close()
            return nil
        } catch {
            return error
        }
    }

    @Test("a name that is not there is told from a link that leads nowhere")
    func missingAndDangling() throws {
        let links = Links()
        let missing = try #require(failure("\(links.path)/usb-lidar"))
        #expect(missing.code == .noSuchDevice)
        #expect(missing.cause == "there is no \(links.path)/usb-lidar")
        links.link("usb-lidar", to: "/dev/ttyUSB97")
        let dangling = try #require(failure("\(links.path)/usb-lidar"))
        #expect(dangling.code == .noSuchDevice)
        #expect(dangling.cause == "the link leads to /dev/ttyUSB97, which is gone")
        #expect(dangling.hint?.contains("nothing is plugged in") == true)
    }

    @Test("what is plugged in instead is listed, the most similar name first, without links that lead nowhere")
    func candidates() throws {
        let links = Links()
        links.link("usb-FTDI_FT232R_A50285BI-if00-port0", to: "/dev/null")
        links.link("usb-Silicon_Labs_CP2102_0002-if00-port0", to: "/dev/null")
        links.link("usb-Silicon_Labs_CP2102_0003-if00-port0", to: "/dev/ttyUSB97")
        let error = try #require(failure("\(links.path)/usb-Silicon_Labs_CP2102_0001-if00-port0"))
        #expect(
            error.hint
                == "plugged in now: \(links.path)/usb-Silicon_Labs_CP2102_0002-if00-port0, "
                + "\(links.path)/usb-FTDI_FT232R_A50285BI-if00-port0")
    }

    @Test("a program that has the port open without a lock is named, and the port is not shared with it")
    func openWithoutLock() throws {
        let path = "/tmp/doorstep-test-\(getpid())-squatted"
        let pair = try PseudoTerminalPair(path: path)
        let squatter = try #require(Squatter(pair.device))
        let error = failure(path)
        squatter.leave()
        #expect(error?.code == .busy)
        #expect(error?.cause == "open in pid \(squatter.pid) (sleep), which takes no lock")
        #expect(error?.hint?.contains("steal") == true)
        #expect(failure(path) == nil, "when it is gone the port opens")
    }

    @Test("a path that is no terminal is no device, and says so")
    func noTerminal() {
        #expect(failure("/etc/hostname")?.code == .noSuchDevice)
        #expect(failure("/etc/hostname")?.cause.contains("is not a serial port") == true)
    }

    @Test("a device of another group is named with its group, and with the command that helps")
    func otherGroup() {
        let access = PortAccess(
            owner: "root", group: "dialout", mode: 0o660, user: "doorstep", groups: ["doorstep", "gpio"])
        #expect(access.cause == "is root:dialout 0660; doorstep is in doorstep, gpio")
        #expect(access.hint.hasPrefix("`adduser doorstep dialout`"))
    }

    @Test("a device that its group may not use needs a rule, and one that should open is a sandbox's doing")
    func otherCauses() {
        var access = PortAccess(owner: "root", group: "root", mode: 0o600, user: "doorstep", groups: ["dialout"])
        #expect(access.cause == "is root:root 0600; doorstep is in dialout")
        #expect(access.hint.contains("udev rule"))
        access.mode = 0o660
        #expect(access.hint.contains("udev rule"), "nobody should be put into the group root")
        access.group = "dialout"
        #expect(access.hint.contains("sandbox"))
    }

    @Test(
        "a device that this user may not open says whose it is",
        .enabled(if: geteuid() != 0, "root may open everything"))
    func refused() throws {
        let error = try #require(failure("/dev/tty1"))
        #expect(error.code == .noPermission)
        #expect(error.cause.hasPrefix("is root:"))
        #expect(error.hint != nil)
    }

    @Test("data bits, parity and stop bits have their short form")
    func format() {
        #expect(SerialLine(path: "", baudRate: 1).format == "8N1")
        #expect(SerialLine(path: "", baudRate: 1, parity: .even, stopBits: 2).format == "8E2")
    }

    @Test("the device behind a name may be another one at every opening")
    func replugged() throws {
        let links = Links()
        let first = try PseudoTerminalPair(path: "\(links.path)-first")
        let second = try PseudoTerminalPair(path: "\(links.path)-second")
        links.link("usb-lidar", to: first.device)
        let line = SerialLine(path: "\(links.path)/usb-lidar", baudRate: 115_200)
        let host = try SystemSerialPorts().open(line)
        first.close()
        var buffer: [UInt8] = []
        #expect { try host.read(into: &buffer, limit: 1) } throws: { ($0 as? PortError)?.code == .lost }
        links.link("usb-lidar", to: second.device)
        let again = try SystemSerialPorts().open(line)
        #expect(try again.write([7]) == 1)
        #expect(second.hasPeer)
    }
}
