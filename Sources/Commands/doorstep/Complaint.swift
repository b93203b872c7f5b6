import ArgumentParser
import Foundation
import RobotModel
import StructuredText

/// Runs a command's work, and turns what goes wrong into words on standard error and exit code 1.
func complaining(_ work: () throws -> Void) throws {
    do {
        try work()
    } catch let problems as FileProblems {
        complain(problems.description)
        throw ExitCode.failure
    } catch let error as RobotError {
        complain(error.description)
        throw ExitCode.failure
    }
}

/// Writes to standard error.
func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

/// The bytes of a file that may be of any length.
func readAll(_ path: String) throws(RobotError) -> [UInt8] {
    do {
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
        throw RobotError(
            .unreadableFile, "\(path) cannot be read", hint: "look whether it is there and may be read")
    }
}

/// Writes a file at once; never over one that is there, unless told to.
func writeAll(_ bytes: [UInt8], to path: String, replaces: Bool) throws(RobotError) {
    do {
        try Data(bytes).write(to: URL(filePath: path), options: replaces ? .atomic : .withoutOverwriting)
    } catch {
        throw RobotError(
            .storage, "\(path) cannot be written",
            hint: replaces || !FileManager.default.fileExists(atPath: path)
                ? "look whether its folder is there, may be written to and has room"
                : "it may be there already: remove it, or name another file")
    }
}
