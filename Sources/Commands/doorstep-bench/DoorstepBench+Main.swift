import ArgumentParser
import Dispatch

/// Starts the command. One that need not wait runs on the thread that the process was born with, without a queue behind
/// it: counters of instructions (callgrind) do not survive that thread's end.
@main
enum Main {
    static func main() {
        do {
            var command = try DoorstepBench.parseAsRoot()
            if !(command is any AsyncParsableCommand) { return try command.run() }
        } catch {
            DoorstepBench.exit(withError: error)
        }
        Task { @MainActor in
            await DoorstepBench.main()
            DoorstepBench.exit()
        }
        dispatchMain()
    }
}
