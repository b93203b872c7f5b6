import ArgumentParser
import DaemonProgram

/// The daemon as a program of its own, for development; the package has one program under both names.
@main
enum DoorstepDaemon {
    static func main() async { await DaemonCommand.main() }
}
