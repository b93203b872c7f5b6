import BoardFile

// Kernel, rights, processors, heat and clock.
extension Doctor {
    var kernel: Finding {
        let version = view.text("/proc/version") ?? ""
        let release = version.split(separator: " ").dropFirst(2).first.map(String.init) ?? "unknown"
        guard view.text("/sys/kernel/realtime") == "1" || version.contains("PREEMPT_RT") else {
            return Finding(
                "kernel", .advice, "\(release) is without PREEMPT_RT: a tick may now and then be late by milliseconds",
                hint:
                    "install the real-time kernel (Debian: linux-image-rt-arm64, on a PC linux-image-rt-amd64) and start it"
            )
        }
        return Finding("kernel", .good, "\(release), PREEMPT_RT")
    }

    /// The process whose rights count: the daemon's where it runs, else this one's.
    private var judged: (path: String, name: String) {
        for name in view.names("/proc") ?? [] where Int(name) != nil && view.text("/proc/\(name)/comm") == "doorstepd" {
            return ("/proc/\(name)", "the daemon (pid \(name))")
        }
        return ("/proc/self", "this shell")
    }

    var scheduling: Finding {
        let wanted = board?.control.priority ?? 80
        // CAP_SYS_NICE, capabilities(7).
        return right(
            "real time", "Max realtime priority", atLeast: wanted, orCapability: 23,
            hint: "the service has LimitRTPRIO=95; start it with systemctl, or run as root"
        ) { name, allowed in
            guard let allowed else { return "\(name) may use SCHED_FIFO at priority \(wanted)" }
            return "\(name) may not use SCHED_FIFO at priority \(wanted) (its limit is \(allowed))"
        }
    }

    var lockedMemory: Finding {
        // Debian gives an ordinary process 8 MB; the service no limit. CAP_IPC_LOCK.
        right(
            "memory", "Max locked memory", atLeast: 128 << 20, orCapability: 14,
            hint: "the service has LimitMEMLOCK=infinity; start it with systemctl, or run as root"
        ) { name, allowed in
            guard let allowed else { return "\(name) may lock its memory" }
            return "\(name) may lock \(allowed >> 20) MB of memory: a page that is fetched from disk makes a tick late"
        }
    }

    /// Whether the judged process has a right, by its limit or by a capability; `words` get the limit where it has not.
    private func right(
        _ check: String, _ row: String, atLeast wanted: Int, orCapability capability: Int, hint: String,
        _ words: (_ process: String, _ allowed: Int?) -> String
    ) -> Finding {
        let (path, name) = judged
        let allowed = limit(row, of: path) ?? 0
        if allowed >= wanted || has(capability: capability, in: path) {
            return Finding(check, .good, words(name, nil))
        }
        // A shell's rights are not the service's.
        let verdict: Finding.Verdict = path == "/proc/self" ? .advice : .bad
        return Finding(check, verdict, words(name, allowed), hint: hint)
    }

    /// A row of limits (proc(5)): name, soft limit, hard limit, unit; `Int.max` where there is none.
    private func limit(_ name: String, of process: String) -> Int? {
        for line in (view.text(process + "/limits") ?? "").split(separator: "\n") where line.hasPrefix(name) {
            let soft = line.dropFirst(name.count).split(separator: " ").first
            return soft == "unlimited" ? .max : soft.flatMap { Int($0) }
        }
        return nil
    }

    private func has(capability: Int, in process: String) -> Bool {
        for line in (view.text(process + "/status") ?? "").split(separator: "\n") where line.hasPrefix("CapEff:") {
            let bits = line.dropFirst("CapEff:".count).drop { $0 == "\t" || $0 == " " }
            return UInt64(bits, radix: 16).map { $0 >> UInt64(capability) & 1 == 1 } ?? false
        }
        return false
    }

    var processors: Finding {
        guard let board else {
            return Finding(
                "processors", .unknown, "without a board file (--board FILE) it is not known which one the tick has")
        }
        guard let wanted = board.control.cpu else {
            return Finding("processors", .good, "the tick has no processor of its own, as the board file says")
        }
        let present = Self.numbers(view.text("/sys/devices/system/cpu/present") ?? "")
        guard !present.isEmpty else {
            return Finding("processors", .unknown, "the kernel does not list its processors")
        }
        guard present.contains(wanted) else {
            return Finding(
                "processors", .bad, "there is no processor \(wanted), which control.cpu gives to the tick",
                hint: "processors here: \(present.map(String.init).joined(separator: ", ")); correct the board file")
        }
        guard Self.numbers(view.text("/sys/devices/system/cpu/isolated") ?? "").contains(wanted) else {
            return Finding(
                "processors", .advice, "processor \(wanted), the tick's, is shared with every other program",
                hint: "boot with isolcpus=\(wanted) nohz_full=\(wanted), and interrupts on the others")
        }
        return Finding("processors", .good, "processor \(wanted) is kept free for the tick")
    }

    /// "0-2,5" as numbers; the kernel's lists of processors.
    static func numbers(_ list: String) -> [Int] {
        list.split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last, last < 4096 else { return [] }
            return Array(first...last)
        }
    }

    private var processorFolders: [String] {
        let names = view.names("/sys/devices/system/cpu") ?? []
        return names.filter { $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil }.sorted()
            .map { "/sys/devices/system/cpu/\($0)" }
    }

    var governor: Finding {
        let governors = Set(processorFolders.compactMap { view.text($0 + "/cpufreq/scaling_governor") })
        guard !governors.isEmpty else {
            return Finding("clock rate", .unknown, "the processors' rate cannot be steered from here")
        }
        guard governors == ["performance"] else {
            return Finding(
                "clock rate", .advice, "the processors' rate is left to \(governors.sorted().joined(separator: ", "))",
                hint: "`echo performance | tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor`, at every start")
        }
        return Finding("clock rate", .good, "the processors run at their full rate")
    }

    var heat: Finding {
        let counts = processorFolders.compactMap {
            view.text($0 + "/thermal_throttle/core_throttle_count").flatMap { Int($0) }
        }
        let firmware = "/sys/devices/platform/soc/soc:firmware/get_throttled"
        let flags = view.text(firmware).flatMap { UInt32($0.replacing("0x", with: ""), radix: 16) }
        let zones = (view.names("/sys/class/thermal") ?? []).filter { $0.hasPrefix("thermal_zone") }
        let hottest = zones.compactMap { view.text("/sys/class/thermal/\($0)/temp").flatMap { Int($0) } }.max()
        let cool = "cool the board, or give it less to do; `doorstep status top` shows what the tick takes"
        if let flags, flags & 1 != 0 || flags & 1 << 16 != 0 {
            return Finding(
                "heat", .bad, "the board's supply has been too low since it started",
                hint: "use a supply of 5.1 V and 3 A, and a short cable")
        }
        if counts.contains(where: { $0 > 0 }) || (flags ?? 0) & 0xE_000E != 0 {
            return Finding("heat", .advice, "the processors have been slowed down since the start", hint: cool)
        }
        guard let hottest else { return Finding("heat", .unknown, "the board has no thermometer that can be read") }
        let degrees = hottest / 1000
        return degrees >= 80
            ? Finding("heat", .advice, "\(degrees) °C: the processors are about to be slowed down", hint: cool)
            : Finding("heat", .good, "\(degrees) °C, never slowed down")
    }

    var clock: Finding {
        switch view.isClockSynchronized {
        case nil: Finding("time", .unknown, "the kernel does not say whether the clock follows a time server")
        case true?: Finding("time", .good, "the clock follows a time server")
        case false?:
            Finding(
                "time", .advice, "the clock follows no time server: promised times and recordings are off",
                hint: "`timedatectl set-ntp true`, and let the robot reach a time server")
        }
    }
}
