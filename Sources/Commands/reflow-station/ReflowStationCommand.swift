import ArgumentParser
import Foundation
import ReflowStation

/// Arguments of the station.
@main
struct ReflowStationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reflow-station",
        abstract: "Receives recordings from robots: resumable, checked, acknowledged only when durable.")

    @Option(help: "Folder for the segments and their catalogue.")
    var directory = "/var/lib/reflow-station"

    @Option(help: "Port on this machine's loopback; TLS in front of it is a reverse proxy's work.")
    var port: UInt16 = 8620

    func run() async throws {
        let receiver = try SegmentReceiver(directory: directory)
        let directory = directory
        try await Station(receiver: receiver).run(port: port) { port in
            // Not `print`, which would keep the line back in a pipe.
            let line = "reflow-station: receiving on 127.0.0.1:\(port) into \(directory)\n"
            FileHandle.standardOutput.write(Data(line.utf8))
        }
    }
}
