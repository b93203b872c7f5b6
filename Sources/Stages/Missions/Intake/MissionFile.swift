public import RobotModel
public import StructuredText

/// A mission as its file says it, the recipient's PIN still in clear; becomes a `Mission` once the PIN is hashed.
public struct MissionFile: Hashable, Sendable {
    /// How the recipient proves who it is.
    public enum Credential: Hashable, Sendable {
        case pin(Secret<String>)
        case hash(PINHash)
    }

    public var id: MissionID
    public var priority: Int
    public var collect: MealCollection
    public var place: PlaceID
    public var credential: Credential
    public var promised: WallTime
    public var noShow: NoShow
    /// Where the id stands in the file.
    public var idLocation: SourceLocation
    /// Where the places stand in the file, for a validator's messages.
    public var places: [(place: PlaceID, location: SourceLocation)]

    /// The mission that will be carried out. Hashes the PIN if the file has it in clear: takes tens of milliseconds.
    public func mission() throws(RobotError) -> Mission {
        let pin: PINHash
        switch credential {
        case .hash(let hash): pin = hash
        case .pin(let digits): pin = try PINHash(hashing: digits)
        }
        return Mission(
            id: id, priority: priority, collect: collect,
            deliver: MealDelivery(place: place, pin: pin, promised: promised, noShow: noShow))
    }

    /// Whether a mission was made from a file that says the same as this one, the PIN included, and the box's code for as
    /// long as it is known.
    public func isSame(as mission: Mission) -> Bool {
        var known = mission.collect
        if known.code.revealed == MealCollection.forgottenCode { known.code = collect.code }
        guard mission.id == id, mission.priority == priority, known == collect,
            mission.deliver.place == place, mission.deliver.promised == promised, mission.deliver.noShow == noShow
        else { return false }
        switch credential {
        case .hash(let hash): return hash == mission.deliver.pin
        case .pin(let digits): return mission.deliver.pin.matches(digits)
        }
    }

    public static func == (a: MissionFile, b: MissionFile) -> Bool {
        a.id == b.id && a.priority == b.priority && a.collect == b.collect && a.place == b.place
            && a.credential == b.credential && a.promised == b.promised && a.noShow == b.noShow
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension MissionFile {
    /// The longest mission file that is read.
    public static let maximumLength = 64 << 10

    /// Reads a mission file.
    ///
    /// Throws `FileProblems`: everything that is wrong with it, each with line and column, what was expected, and a
    /// hint. No message ever shows a PIN or a code.
    public static func read(file: String, text: String) throws(FileProblems) -> MissionFile {
        do {
            return try parse(file: file, text: text)
        } catch {
            throw FileProblems(redacted(error.errors, text: text))
        }
    }

    /// Takes digits out of messages about lines with a PIN or a code: damage can make a key of a secret.
    private static func redacted(_ errors: [RobotError], text: String) -> [RobotError] {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return errors.map { error in
            guard let line = error.location?.line, line >= 1, line <= lines.count else { return error }
            let words = lines[line - 1].lowercased()
            guard words.contains("pin") || words.contains("code") else { return error }
            var error = error
            error.what = withoutDigits(error.what)
            error.hint = error.hint.map(withoutDigits)
            return error
        }
    }

    /// A text whose runs of four digits or more are dots.
    private static func withoutDigits(_ text: String) -> String {
        var result = ""
        var run = ""
        for character in text + "\n" {
            if character.isNumber {
                run.append(character)
            } else {
                result += run.count >= 4 ? "•••" : run
                run = ""
                result.append(character)
            }
        }
        return String(result.dropLast())
    }

    private static func parse(file: String, text: String) throws(FileProblems) -> MissionFile {
        try YAMLReader.read(file: file, text: text) { root in
            root.required("version").int(in: 1...1)
            let idField = root.required("id")
            let id = readID(idField)
            let collect = root.required("collect")
            let deliver = root.required("deliver")
            let from = collect.required("place")
            let to = deliver.required("place")
            let promised = readTime(deliver.required("promised"))
            let (noShow, left) = readNoShow(deliver.required("no_show"))
            var places = [from, to].map { (place: PlaceID($0.string()), location: $0.location) }
            if let left { places.append((PlaceID(left.string()), left.location)) }
            return MissionFile(
                id: id, priority: root.optional("priority")?.int(in: 0...9) ?? 5,
                collect: MealCollection(
                    place: PlaceID(from.string()), box: collect.required("box").int(in: 1...65_535),
                    code: readCode(collect.required("code")),
                    order: collect.required("order").int(in: 1...Int(UInt32.max))),
                place: PlaceID(to.string()), credential: readCredential(deliver), promised: promised, noShow: noShow,
                idLocation: idField.location, places: places)
        }
    }

    private static func readID(_ field: Field) -> MissionID {
        let id = field.string()
        let isPlain = id.utf8.allSatisfy {
            ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a) || [0x2d, 0x2e, 0x5f].contains($0)
        }
        // It becomes a file's name.
        if field.isPresent && !id.isEmpty && (!isPlain || id.utf8.count > 64 || id.hasPrefix(".")) {
            field.reject(
                "\(field.path) cannot be a file's name", expected: "1 to 64 letters, digits, '-', '_' or '.'",
                hint: "the status is answered in a file of that name")
        }
        return MissionID(id)
    }

    /// The box's code: a whole number of at most nine digits, written plainly or quoted. Never shown.
    private static func readCode(_ field: Field) -> Secret<UInt32> {
        let text = readSecret(field)
        guard let text, let code = UInt32(text), text.utf8.count <= 9, code > 0 else {
            if text != nil { field.reject("\(field.path) is not a code", expected: "1 to 9 digits") }
            return Secret(0)
        }
        return Secret(code)
    }

    private static func readCredential(_ deliver: Field) -> Credential {
        let placeholder = Credential.pin(Secret(""))
        let pin = deliver.optional("pin")
        let hash = deliver.optional("pin_hash")
        switch (pin, hash) {
        case (let pin?, nil):
            guard let digits = readSecret(pin) else { return placeholder }
            let isPIN = (4...8).contains(digits.utf8.count) && digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            if !isPIN {
                pin.reject(
                    "\(pin.path) is not a PIN", expected: "4 to 8 digits",
                    hint: "quote it: YAML may read plain digits with a leading zero as another number")
            }
            return .pin(Secret(digits))
        case (nil, let field?):
            guard let text = readSecret(field) else { return placeholder }
            if let hash = PINHash(text: text) { return .hash(hash) }
            field.reject(
                "\(field.path) is not a hash that this robot takes",
                expected: "Argon2id in text form, $argon2id$v=19$m=…,t=…,p=1$…$…, m at most 8192, t at most 10")
            return placeholder
        case (let pin?, _?):
            pin.reject("\(deliver.path) has both 'pin' and 'pin_hash'", expected: "one of the two")
        case (nil, nil):
            deliver.reject(
                "\(deliver.path) has no 'pin'", expected: "'pin' (4 to 8 digits) or 'pin_hash' (Argon2id)",
                hint: "add a line 'pin: \"…\"' with the recipient's PIN")
        }
        return placeholder
    }

    /// A scalar's text. What is wrong with it is said without showing it.
    private static func readSecret(_ field: Field) -> String? {
        if let text = field.text { return text }
        field.reject("\(field.path) is empty, a list or a mapping", expected: "digits")
        return nil
    }

    private static func readTime(_ field: Field) -> WallTime {
        let text = field.string()
        if let time = WallTime(iso8601: text) { return time }
        if field.isPresent && !text.isEmpty {
            field.reject(
                "\(field.path) is '\(text.prefix(40))'", expected: "a time such as \"2026-11-22T12:30:00Z\"",
                hint: "date, time, and Z or an offset (+01:00)")
        }
        return WallTime(secondsSince1970: 0)
    }

    private static func readNoShow(_ field: Field) -> (NoShow, left: Field?) {
        let wait = Duration.seconds(field.required("wait_s").int(in: 10...3600, unit: "seconds"))
        let then = field.required("then").choice(of: ["return_to_sender", "leave_at"])
        guard then == "leave_at" else {
            if let place = field.optional("place") {
                place.reject(
                    "\(place.path) says nothing with 'return_to_sender'", expected: "'then: leave_at' with a place",
                    hint: "remove the place, or write 'then: leave_at'")
            }
            return (NoShow(wait: wait, then: .returnToSender), nil)
        }
        let place = field.required("place")
        return (NoShow(wait: wait, then: .leave(at: PlaceID(place.string()))), place)
    }
}
