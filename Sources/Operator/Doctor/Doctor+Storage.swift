import BoardFile

// Where recordings, missions and the journal are kept.
extension Doctor {
    /// Far above what recording needs (`scripts/demo` records some 9 MB in five minutes): a disk that is slower than this is
    /// about to fail, or shared with something that keeps it busy.
    private static let leastSpeed = 2e6

    var folders: [Finding] {
        guard let board else { return [] }
        var findings = [space("recordings", board.reflow.directory, needs: board.reflow.quota)]
        if view.disk(of: board.missions.directory) != view.disk(of: board.reflow.directory) {
            findings.append(space("missions", board.missions.directory, needs: 100 << 20))
        }
        findings.append(speed(board.reflow.directory))
        return findings
    }

    private func space(_ what: String, _ folder: String, needs bytes: Int) -> Finding {
        let check = "disk \(what)"
        guard let disk = view.disk(of: folder) else {
            return Finding(check, .bad, "\(folder): no disk there", hint: "make the folder, or correct the board file")
        }
        let (free, size) = (Self.gigabytes(disk.free), Self.gigabytes(disk.size))
        if disk.free < disk.size / 20 {
            return Finding(
                check, .bad, "\(folder): \(free) of \(size) are free, nearly full",
                hint: "`du -xh --max-depth=2 /var | sort -h | tail` shows what takes the room")
        }
        if disk.size < bytes {
            return Finding(
                check, .advice, "\(folder): the disk has \(size), recordings may take \(Self.gigabytes(bytes))",
                hint: "lower reflow.quota_mb, or use a larger disk: the oldest recordings go when it is full")
        }
        return Finding(check, .good, "\(folder): \(free) of \(size) are free")
    }

    private func speed(_ folder: String) -> Finding {
        guard view.resolved(folder) != nil else {
            return Finding("disk speed", .unknown, "\(folder) is made at the daemon's first start: not timed")
        }
        guard let speed = view.writeSpeed(in: folder) else {
            return Finding(
                "disk speed", .unknown, "\(folder): nothing may be written there by who asks",
                hint: "`sudo doorstep doctor` may")
        }
        let megabytes = "\((speed / 1e5).rounded() / 10) MB/s"
        return speed < Self.leastSpeed
            ? Finding(
                "disk speed", .advice, "\(folder): \(megabytes), synchronised",
                hint: "a card that is worn or slow loses recordings: use an A2 card, eMMC or an SSD")
            : Finding("disk speed", .good, "\(folder): \(megabytes), synchronised")
    }

    private static func gigabytes(_ bytes: Int) -> String { "\((Double(bytes) / 1e8).rounded() / 10) GB" }
}
