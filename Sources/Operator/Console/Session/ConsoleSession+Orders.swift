import Control
import RobotModel

extension ConsoleSession {
    /// What a finished line at the prompt leads to.
    mutating func finishLine(
        _ outcome: LineEditor.Outcome, at now: Instant, _ actions: inout [ConsoleAction]
    ) {
        switch outcome {
        case .editing: return
        case .interrupted: actions.write(openPrompt())
        case .ended:
            // There is no session to leave on a serial line; what can be given up is the unlock.
            if access.isOpen { lock(&actions) }
            actions.write(openPrompt())
        case .line(let line):
            let greets = isFresh && line.isEmpty
            if greets { actions.write(banner + LineEditor.widthQuestion) }
            carryOut(line, at: now, &actions)
        }
        isFresh = false
    }

    /// What a finished line at the prompt for the code leads to. The code itself goes nowhere.
    mutating func finishCode(
        _ outcome: LineEditor.Outcome, at now: Instant, _ actions: inout [ConsoleAction]
    ) {
        switch outcome {
        case .editing: return
        case .interrupted, .ended, .line(""): show([PageLine("not unlocked")], &actions)
        case .line(let code): tryCode(code, at: now, &actions)
        }
        actions.write(openPrompt())
    }

    private mutating func tryCode(_ code: String, at now: Instant, _ actions: inout [ConsoleAction]) {
        switch access.enter(code, at: now) {
        case .opened:
            actions.append(.log("unlocked"))
            show(
                [PageLine("unlocked; locks by itself after \(spanText(AccessLock.idleLimit.inSeconds)) without a key")],
                &actions)
        case .wrong(let left):
            actions.append(.log("wrong code, \(left) tries left"))
            show([PageLine("wrong code; \(left) \(left == 1 ? "try" : "tries") left", .alert)], &actions)
        case .lockedOut(let time):
            actions.append(.log("wrong code, no other is taken for \(spanText(time.inSeconds))"))
            show([PageLine("wrong code; no other is taken for \(spanText(time.inSeconds))", .alert)], &actions)
        case .noHash: showNoHash(&actions)
        }
    }

    private mutating func carryOut(_ line: String, at now: Instant, _ actions: inout [ConsoleAction]) {
        let order: Order
        do throws(Order.Misuse) {
            order = try Order(line)
        } catch {
            // Somebody may have typed the code behind `unlock`, or in its place: shown once is enough.
            if !line.hasPrefix("unlock"), Int(line) == nil { editor.remember(line) }
            show([PageLine(error.what, .alert), PageLine("  \(error.hint)")], &actions)
            actions.write(openPrompt())
            return
        }
        editor.remember(line)
        switch order {
        case .nothing: actions.write(openPrompt())
        case .help(let name):
            show(HelpPage.lines(name), &actions)
            actions.write(openPrompt())
        case .version:
            show([PageLine("\(robot): Doorstep \(version)")], &actions)
            actions.write(openPrompt())
        case .page(let page): ask(.status, for: .page(page), at: now, &actions)
        case .log(let lines): ask(.log(lines: lines), for: .lines, at: now, &actions)
        case .watch(let page):
            actions.write(Watch.start)
            var watch = Watch(page: page)
            watch.asked(number: ask(.status, &actions), at: now)
            mode = .watching(watch)
        case .unlock: unlock(at: now, &actions)
        case .lock:
            if access.isOpen { lock(&actions) } else { show([PageLine("it is locked")], &actions) }
            actions.write(openPrompt())
        case .control(let request):
            let words = line.split(separator: " ").joined(separator: " ")
            guard access.isOpen else {
                show(
                    [
                        PageLine("\(words.prefix { $0 != " " }) needs an unlocked console", .alert),
                        PageLine("  hint: type `unlock`, then the code"),
                    ], &actions)
                actions.write(openPrompt())
                return
            }
            actions.append(.log("\(words)"))
            ask(request, for: .order(words), at: now, &actions)
        }
    }

    private mutating func ask(
        _ request: ControlRequest, for question: Question, at now: Instant, _ actions: inout [ConsoleAction]
    ) {
        mode = .waiting(number: ask(request, &actions), question, until: now + Self.patience)
    }

    private mutating func unlock(at now: Instant, _ actions: inout [ConsoleAction]) {
        if access.isOpen {
            show([PageLine("it is unlocked")], &actions)
        } else if !access.hasHash {
            showNoHash(&actions)
        } else if let left = access.lockOutLeft(at: now) {
            show([PageLine("no code is taken for another \(spanText(left.inSeconds.rounded(.up)))", .alert)], &actions)
        } else {
            mode = .code(since: now)
            actions.write(editor.begin(prompt: "code: ", isHidden: true))
            return
        }
        actions.write(openPrompt())
    }

    private mutating func lock(_ actions: inout [ConsoleAction]) {
        access.close()
        actions.append(.log("locked"))
        show([PageLine("locked")], &actions)
    }

    private func showNoHash(_ actions: inout [ConsoleAction]) {
        show(
            [
                PageLine("this console cannot be unlocked: the board file's console.unlock_hash is no hash", .alert),
                PageLine("  hint: make one with `doorstep console hash-code`"),
            ], &actions)
    }

    /// Shows the daemon's answer.
    func showAnswer(_ response: ControlResponse, to question: Question, _ actions: inout [ConsoleAction]) {
        switch (response, question) {
        case (.status(let status), .page(let page)): show(page.lines(status), &actions)
        case (.lines(let lines), _):
            show(lines.isEmpty ? [PageLine("nothing yet")] : lines.flatMap { PageLine.wrap($0, indent: 8) }, &actions)
        case (.done(let words), .order(let order)):
            actions.append(.log("\(order): \(words)"))
            show(PageLine.wrap(words), &actions)
        case (.refused(let error), let question):
            if case .order(let order) = question { actions.append(.log("\(order): refused: \(error.what)")) }
            show(PageLine.refusal(error), &actions)
        case (.done(let words), _): show(PageLine.wrap(words), &actions)
        case (.status, _): show([PageLine("done")], &actions)
        }
    }

    /// Writes rows.
    func show(_ lines: [PageLine], _ actions: inout [ConsoleAction]) {
        for line in lines { actions.write(line.bytes + [0x0D, 0x0A]) }
    }
}

extension PageLine {
    /// An error, and below it what was expected and what to do.
    static func refusal(_ error: RobotError) -> [PageLine] {
        var lines = wrap("refused: \(error.what)", indent: 2, style: .alert)
        if let expected = error.expected { lines += wrap("  expected: \(expected)", indent: 4) }
        if let hint = error.hint { lines += wrap("  hint: \(hint)", indent: 4) }
        return lines
    }
}
