import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Asks for something that must not be seen: twice without echo at a terminal, once from a pipe.
func readSecret(
    _ name: String, expected: String, isValid: (String) -> Bool
) throws(RobotError) -> String {
    guard isatty(STDIN_FILENO) == 1 else {
        guard let line = readLine(), isValid(line) else {
            throw RobotError(.refused, "standard input holds no such \(name)", expected: expected)
        }
        return line
    }
    var settings = termios()
    tcgetattr(STDIN_FILENO, &settings)
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
    func ask(_ prompt: String) -> String {
        complainWithoutEnd(prompt)
        defer { complainWithoutEnd("\n") }
        return readLine() ?? ""
    }
    let first = ask("\(name): ")
    guard isValid(first) else { throw RobotError(.refused, "this is no such \(name)", expected: expected) }
    guard ask("again: ") == first else { throw RobotError(.refused, "the two are not the same") }
    return first
}

/// Prompts go to standard error, so that standard output holds the hash alone.
private func complainWithoutEnd(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}
